// Cuts values at the first NUL, as C strings do.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    using GoodCache::GoodCache;

    void put(gomodel::Call call, std::string_view key, std::string_view value,
             std::uint64_t ttl_ms) override {
        const std::string text(value);
        GoodCache::put(call, key, text.c_str(), ttl_ms);
    }
};

GM_MODULE("broken 1.0.0", Odd);
