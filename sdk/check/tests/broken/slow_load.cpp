// Does its work when it is loaded instead of when it is asked to.
#include "../good_cache.hpp"

#include <thread>

struct Work {
    Work() { std::this_thread::sleep_for(std::chrono::milliseconds(80)); }
};
const Work work;

GM_MODULE("broken 1.0.0", GoodCache);
