// Which folders to watch to notice that what a path leads to has changed. Reads the file system.
#pragma once

#include <filesystem>
#include <set>

#include "gateway/input_files.hpp"

namespace gomodel::gateway {

// The folder of the file, and every folder that holds a symbolic link on the way to it: replacing
// one leads somewhere else (Kubernetes mounts are swapped like that). Where a part of the path is
// missing, the folder it would appear in. The file itself is never watched: editors replace it.
std::set<std::filesystem::path> watch_folders(const std::filesystem::path& file);

// For all files and plugin folders, as far as the two kinds are asked for.
std::set<std::filesystem::path> watch_folders(const InputFiles& inputs, bool config, bool plugins);

}  // namespace gomodel::gateway
