// Its schema takes anything for a field.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    static constexpr const char* kSchema = R"({
      "type": "object", "additionalProperties": false,
      "properties": {"name": {"default": "x", "description": "Anything."}}
    })";
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", Odd);
