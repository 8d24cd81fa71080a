// Reads the dynamic symbols of a shared library without loading it, so that no foreign code runs.
// 64-bit little-endian ELF (System V ABI, "Object Files"); never reads past the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::check {

struct Symbol {
    std::string name;
    bool defined = false;  // otherwise: wanted from another library
    bool unique = false;   // STB_GNU_UNIQUE: keeps the library mapped after dlclose
};

// Throws std::runtime_error when `file` is not such a library.
std::vector<Symbol> dynamic_symbols(std::string_view file);

}  // namespace gomodel::check
