// Speaks an interface that no host knows.
#include "../good_cache.hpp"

class Future final : public GoodCache {
public:
    struct Abi : gomodel::Cache::Abi {
        static constexpr const char* kInterface = "gomodel.cache/99";
    };
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", Future);
