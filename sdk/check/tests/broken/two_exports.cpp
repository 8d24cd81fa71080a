// Exports a function of its own besides the module.
#include "../good_cache.hpp"

extern "C" GM_EXPORT int meaning_of_life() {
    return 42;
}

GM_MODULE("broken 1.0.0", GoodCache);
