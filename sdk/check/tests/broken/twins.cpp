// Offers the same plugin twice.
#include "../good_cache.hpp"

GM_MODULE("broken 1.0.0", GoodCache, GoodCache);
