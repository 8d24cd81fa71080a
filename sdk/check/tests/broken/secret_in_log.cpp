// Logs the password it was given.
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    Odd(gomodel::Host host, const gomodel::Config& config) : GoodCache(host, config) {
        host.info("connecting as admin:" + password_);
    }
};

GM_MODULE("broken 1.0.0", Odd);
