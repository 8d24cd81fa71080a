// The code of the program and its libraries that is in memory. A start runs much of it once.
#pragma once

#include <cstddef>

namespace gomodel::base {

// Lets go of pages of code and constants that are as they are in their files; those that are used
// again come back from the system's cache of files. Says how many bytes were resident. No library
// may be unloaded meanwhile.
std::size_t release_resident_code();

}  // namespace gomodel::base
