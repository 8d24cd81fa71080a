// Says that the configuration is wrong, but not where.
#include "../good_cache.hpp"

class Grumpy final : public GoodCache {
public:
    Grumpy(gomodel::Host host, const gomodel::Config& config) try : GoodCache(host, config) {
    } catch (const gomodel::Error&) {
        throw gomodel::Error(GM_INVALID, "the configuration is wrong");
    }
};

GM_MODULE("broken 1.0.0", Grumpy);
