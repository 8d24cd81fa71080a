// Text with a hole: its second of three pages of memory cannot be read, and who reads it dies.
// Shows whether code looks at the whole of a text or stops at a difference in its first byte.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace gomodel::tests {

class HoledText {
public:
    static std::size_t size() { return 3 * page(); }

    // The text begins with `start` and goes on with "x".
    explicit HoledText(std::string_view start)
        : memory_(static_cast<char*>(::mmap(nullptr, size(), PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
        if (memory_ == MAP_FAILED || start.size() > page()) std::abort();
        std::fill_n(memory_, size(), 'x');
        std::copy(start.begin(), start.end(), memory_);
        if (::mprotect(memory_ + page(), page(), PROT_NONE) != 0) std::abort();
    }
    ~HoledText() { ::munmap(memory_, size()); }
    HoledText(const HoledText&) = delete;
    HoledText& operator=(const HoledText&) = delete;

    std::string_view view() const { return {memory_, size()}; }

private:
    static std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

    char* const memory_;
};

}  // namespace gomodel::tests
