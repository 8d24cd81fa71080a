// Has an STB_GNU_UNIQUE symbol, as template statics of many libraries are.
#include "../good_cache.hpp"

template <typename T>
struct Counter {
    __attribute__((visibility("default"))) static int unique_count;
};
template <typename T>
int Counter<T>::unique_count = 0;

class Counting final : public GoodCache {
public:
    Counting(gomodel::Host host, const gomodel::Config& config) : GoodCache(host, config) {
        ++Counter<int>::unique_count;
    }
};

GM_MODULE("broken 1.0.0", Counting);
