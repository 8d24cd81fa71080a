// Nothing is wrong with this one.
#include "../good_storage.hpp"

GM_MODULE("good 1.0.0", GoodStorage);
