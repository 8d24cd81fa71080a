// Linked so that it stays in memory for ever.
#include "../good_cache.hpp"

GM_MODULE("broken 1.0.0", GoodCache);
