// Keeps everything for ever.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    using GoodCache::GoodCache;

    void put(gomodel::Call call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        static_cast<void>(ttl_ms);
        GoodCache::put(call, key, value, 0);
    }
};

GM_MODULE("broken 1.0.0", Odd);
