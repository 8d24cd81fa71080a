// Touches a thread_local with a destructor.
#include "../good_cache.hpp"

class Remembering final : public GoodCache {
public:
    using GoodCache::GoodCache;

    std::optional<std::string> get(gomodel::Call call, std::string_view key) override {
        thread_local std::string last_key;
        last_key = key;
        return GoodCache::get(call, last_key);
    }
};

GM_MODULE("broken 1.0.0", Remembering);
