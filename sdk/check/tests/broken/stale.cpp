// Keeps the first value of a key.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    using GoodCache::GoodCache;

    void put(gomodel::Call call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        if (!get(call, key)) GoodCache::put(call, key, value, ttl_ms);
    }
};

GM_MODULE("broken 1.0.0", Odd);
