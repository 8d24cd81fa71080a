// Has a version that cannot be compared.
#include "../good_cache.hpp"

class Latest final : public GoodCache {
public:
    static constexpr const char* kVersion = "latest";
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", Latest);
