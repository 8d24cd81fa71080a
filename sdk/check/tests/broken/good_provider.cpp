#include "../good_provider.hpp"

GM_MODULE("good provider 1.0.0", GoodProvider);
