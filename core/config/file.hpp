// Reads one small file whole. Any thread; blocks.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace gomodel::config {

// The bytes of a file of at most `limit` of them. kNotFound iff there is none at `path`; whatever
// else is wrong (no permission, a directory, too large) is kUnavailable and says why.
base::Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace gomodel::config
