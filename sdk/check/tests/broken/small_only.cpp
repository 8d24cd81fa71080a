// Has a size limit that it does not mention.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    using GoodCache::GoodCache;

    void put(gomodel::Call call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        if (value.size() > 100'000) throw gomodel::Error(GM_EXHAUSTED, "more than 100 kB");
        GoodCache::put(call, key, value, ttl_ms);
    }
};

GM_MODULE("broken 1.0.0", Odd);
