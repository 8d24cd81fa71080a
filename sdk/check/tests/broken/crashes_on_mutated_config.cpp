// Relies on the host to have filled the defaults in.
#include <cstdlib>
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    Odd(gomodel::Host host, const gomodel::Config& config) : GoodCache(host, config) {
        if (!config.has("name")) std::abort();
    }
};

GM_MODULE("broken 1.0.0", Odd);
