// Passes what it stores through one place that all threads share.
#include "../good_cache.hpp"

#include <thread>

class Odd final : public GoodCache {
public:
    using GoodCache::GoodCache;

    void put(gomodel::Call call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        {
            const std::lock_guard lock(mutex_);
            shared_value_ = value;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        std::string shared;
        {
            const std::lock_guard lock(mutex_);
            shared = shared_value_;
        }
        GoodCache::put(call, key, shared, ttl_ms);
    }

private:
    std::string shared_value_;
};

GM_MODULE("broken 1.0.0", Odd);
