// Reads which models a failed call tries next: `fallback.overrides` and the file of manual rules.
// Private to the loader.
#pragma once

#include <filesystem>

#include "config/environment.hpp"
#include "config/report.hpp"
#include "config/settings.hpp"

namespace gomodel::config {

// REQUIRES: fallback.manual_rules_path is final. Reads that file below `directory`.
void read_fallback(Fallback& fallback, const std::filesystem::path& directory,
                   const Environment& environment, Report& report);

}  // namespace gomodel::config
