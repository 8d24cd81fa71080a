// Takes its time, whatever the deadline.
#include "../good_cache.hpp"

#include <thread>

class Odd final : public GoodCache {
public:
    using GoodCache::GoodCache;

    void put(gomodel::Call call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        if (call.remaining() == std::chrono::nanoseconds(0)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1200));
        }
        GoodCache::put(call, key, value, ttl_ms);
    }
};

GM_MODULE("broken 1.0.0", Odd);
