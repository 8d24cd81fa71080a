// What a target demands of the code under test. A demand that is not met ends the process: that is
// how libFuzzer, and ctest for the kept inputs, learn of it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace gomodel::fuzz {

[[noreturn]] inline void broken(std::string_view promise, std::string_view detail) {
    std::fprintf(stderr, "broken promise: %.*s\n%.*s\n", static_cast<int>(promise.size()),
                 promise.data(), static_cast<int>(detail.size()), detail.data());
    std::abort();
}

inline void require(bool holds, std::string_view promise, std::string_view detail = {}) {
    if (!holds) broken(promise, detail);
}

inline void require_equal(std::string_view found, std::string_view expected,
                          std::string_view promise) {
    if (found == expected) return;
    broken(promise, "--- found\n" + std::string(found) + "\n--- expected\n" +
                        std::string(expected) + "\n---");
}

}  // namespace gomodel::fuzz
