#include "base/resident_code.hpp"

#include <sys/mman.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::base {
namespace {

// A part of a file in memory, as proc(5) tells it in /proc/self/smaps.
struct Mapping {
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    bool unchangeable = false;  // of the program or a library, and not writable
    std::size_t resident = 0;   // KiB
    std::size_t own_pages = 0;  // KiB that are no longer as in the file
};

bool read_head(const std::string& line, Mapping& mapping) {
    char access[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s", &mapping.start, &mapping.end,
                    access) != 3)
        return false;
    const std::string_view rights = access;
    const bool is_code = rights == "r-xp" || line.find(".so") != std::string::npos;
    mapping.unchangeable =
        is_code && line.find('/') != std::string::npos && (rights == "r-xp" || rights == "r--p");
    return true;
}

std::size_t kib_of(const std::string& line) {
    return std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
}

std::vector<Mapping> mappings() {
    std::vector<Mapping> found;
    std::ifstream file("/proc/self/smaps");
    for (std::string line; std::getline(file, line);) {
        Mapping mapping;
        if (line.starts_with("Rss:")) {
            if (!found.empty()) found.back().resident = kib_of(line);
        } else if (line.starts_with("Anonymous:")) {
            if (!found.empty()) found.back().own_pages = kib_of(line);
        } else if (read_head(line, mapping)) {
            found.push_back(mapping);
        }
    }
    return found;
}

}  // namespace

std::size_t release_resident_code() {
    std::size_t released = 0;
    for (const Mapping& mapping : mappings()) {
        if (!mapping.unchangeable || mapping.own_pages != 0 || mapping.resident == 0) continue;
        void* const start = reinterpret_cast<void*>(mapping.start);
        if (::madvise(start, mapping.end - mapping.start, MADV_DONTNEED) == 0)
            released += mapping.resident * 1024;
    }
    return released;
}

}  // namespace gomodel::base
