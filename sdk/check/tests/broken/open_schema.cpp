// Takes fields it does not know.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    static constexpr const char* kSchema = R"({"type": "object", "properties": {}})";
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", Odd);
