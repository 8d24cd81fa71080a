// Writes to the sink before it knows whether there is anything to write.
#include "../good_cache.hpp"

gm_status_t odd_get(void* self, const gm_call_t* call, gm_str_t key,
                    const gm_sink_t* out) noexcept {
    const gm_status_t status = gomodel::Cache::Abi::kTable.get(self, call, key, out);
    if (status == GM_NOT_FOUND) out->write(out, 0, gomodel::str(""));
    return status;
}

class Odd final : public GoodCache {
public:
    struct Abi {
        using Self = gomodel::Cache;
        static constexpr const char* kInterface = GM_CACHE;
        static constexpr gm_cache_t kTable = [] {
            gm_cache_t table = gomodel::Cache::Abi::kTable;
            table.get = &odd_get;
            return table;
        }();
    };
    using GoodCache::GoodCache;
};

GM_MODULE("broken 1.0.0", Odd);
