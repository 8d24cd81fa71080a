// Does not do what was recorded of it.
#include "../good_provider.hpp"

GM_MODULE("broken 1.0.0", GoodProvider);
