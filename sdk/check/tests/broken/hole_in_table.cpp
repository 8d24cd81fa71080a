// Leaves a function out of its table.
#include "../good_cache.hpp"

class NoErase final : public GoodCache {
public:
    struct Abi {
        using Self = GoodCache;
        static constexpr const char* kInterface = GM_CACHE;
        static constexpr gm_cache_t kTable = [] {
            gm_cache_t table = gomodel::Cache::Abi::kTable;
            table.erase = nullptr;
            return table;
        }();
    };
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", NoErase);
