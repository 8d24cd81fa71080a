// Leaves a file open.
#include <fcntl.h>
#include "../good_cache.hpp"

class Odd final : public GoodCache {
public:
    Odd(gomodel::Host host, const gomodel::Config& config) : GoodCache(host, config) {
        if (open("/dev/null", O_RDONLY) < 0) throw gomodel::Error(GM_EXHAUSTED, "no more files");
    }
};

GM_MODULE("broken 1.0.0", Odd);
