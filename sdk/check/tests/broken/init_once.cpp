// Can be started only once a process.
#include "../good_cache.hpp"

int starts = 0;

gm_status_t start() noexcept {
    return ++starts == 1 ? GM_OK : GM_INTERNAL;
}
void stop() noexcept {}

GM_MODULE_WITH_INIT("broken 1.0.0", start, stop, GoodCache);
