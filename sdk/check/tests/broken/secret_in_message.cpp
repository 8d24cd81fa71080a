// Explains a failure with the password in it.
#include "../good_cache.hpp"

class Chatty final : public GoodCache {
public:
    using GoodCache::GoodCache;

    void put(gomodel::Call call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        if (call.remaining() == std::chrono::nanoseconds(0)) {
            throw gomodel::Error(GM_TIMEOUT, "timeout: redis://:" + password_ + "@localhost");
        }
        GoodCache::put(call, key, value, ttl_ms);
    }
};

GM_MODULE("broken 1.0.0", Chatty);
