// Does not say what a field is for.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    static constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false,
      "properties": {"name": {"type": "string", "default": "x"}}
    })";
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", Odd);
