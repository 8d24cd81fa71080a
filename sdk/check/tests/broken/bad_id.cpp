// Is called something that config.yaml cannot name.
#include "../good_cache.hpp"

class Capital final : public GoodCache {
public:
    static constexpr const char* kId = "cache.Good Cache";
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", Capital);
