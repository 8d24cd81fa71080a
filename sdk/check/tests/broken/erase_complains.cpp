// Makes an error of erasing what is not there.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    using GoodCache::GoodCache;

    void erase(gomodel::Call call, std::string_view key) override {
        if (!get(call, key)) throw gomodel::Error(GM_NOT_FOUND, "no such key");
        GoodCache::erase(call, key);
    }
};

GM_MODULE("broken 1.0.0", Odd);
