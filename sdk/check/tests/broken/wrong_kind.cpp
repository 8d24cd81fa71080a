// Is a cache by its interface and a provider by its name.
#include "../good_cache.hpp"

class Pretender final : public GoodCache {
public:
    static constexpr const char* kId = "provider.good";
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", Pretender);
