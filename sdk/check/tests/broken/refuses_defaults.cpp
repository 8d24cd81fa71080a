// Does not work as its schema says it does.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    Odd(gomodel::Host host, const gomodel::Config& config) : GoodCache(host, config) {
        if (config.text("name") == "good") throw gomodel::Error(GM_INVALID, "name is good");
    }
};

GM_MODULE("broken 1.0.0", Odd);
