// What this build is.
#pragma once

#include <string>

namespace gomodel::app {

std::string version();  // "dev" outside a release

// "gomodel 1.2.3 (commit: abc, built: 2026-01-01, g++ 12.2.0, plugin ABI 1.0)"
std::string version_line();

}  // namespace gomodel::app
