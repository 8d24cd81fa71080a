#include "../good_cache.hpp"

GM_MODULE("good cache 1.0.0", GoodCache);
