// Leaves a thread behind.
#include <dlfcn.h>

#include <thread>

#include "../good_cache.hpp"

void sleep_long() {
    std::this_thread::sleep_for(std::chrono::hours(1));
}

class Odd final : public GoodCache {
public:
    Odd(gomodel::Host host, const gomodel::Config& config) : GoodCache(host, config) {
        // Keep the code the thread runs in memory: only the thread is meant to be wrong here.
        Dl_info module;
        dladdr(reinterpret_cast<void*>(&sleep_long), &module);
        dlopen(module.dli_fname, RTLD_NOW | RTLD_NODELETE);
        std::thread(sleep_long).detach();
    }
};

GM_MODULE("broken 1.0.0", Odd);
