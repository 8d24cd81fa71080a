#include "base/memory_reserve.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <new>
#include <vector>

namespace gomodel::base {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitable = false;  // a sanitizer needs terabytes of address space
#else
constexpr bool kLimitable = true;
#endif

constexpr std::size_t kReserve = 8 * 1024 * 1024;
constexpr std::size_t kRoom = 32 * 1024 * 1024;  // left to the process
constexpr std::size_t kBlock = 1024 * 1024;

std::size_t address_space() {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * 4096;
}

// In a process of its own: takes memory until there is no more, and says what happened then.
// 0: the reserve came to help first, the end was an exception, and all is well when memory is back.
int run_out_and_recover() {
    keep_memory_back(kReserve);
    const rlimit limit{address_space() + kRoom, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_AS, &limit) != 0 || short_of_memory()) return 1;
    std::vector<std::unique_ptr<char[]>> taken;
    taken.reserve(1024);
    bool helped = false;
    try {
        for (;;) {
            taken.push_back(std::make_unique_for_overwrite<char[]>(kBlock));
            helped = helped || short_of_memory();
        }
    } catch (const std::bad_alloc&) {
        if (!helped || !short_of_memory()) return 2;
    }
    taken.clear();
    return short_of_memory() ? 3 : 0;
}

TEST(MemoryReserve, HelpsWhenMemoryRunsOutAndIsTakenBackAfterwards) {
    if (!kLimitable) GTEST_SKIP() << "the address space cannot be limited under a sanitizer";
    EXPECT_EXIT(std::_Exit(run_out_and_recover()), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace gomodel::base
