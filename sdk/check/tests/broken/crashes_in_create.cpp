// Crashes when an instance is made.
#include <cstdlib>
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    Odd(gomodel::Host host, const gomodel::Config& config) : GoodCache(host, config) {
        std::abort();
    }
};

GM_MODULE("broken 1.0.0", Odd);
