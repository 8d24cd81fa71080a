// The files a generation is made from, and whether one of them has changed on disk: by its
// modification time, size and identity, through symbolic links, without reading it. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/loader.hpp"

namespace gomodel::gateway {

struct InputFiles {
    std::vector<std::filesystem::path> config;        // config.yaml, .env, fallback rules
    std::vector<std::filesystem::path> plugins;       // folders
    std::vector<std::filesystem::path> modules = {};  // plugins' files that lie elsewhere

    // Equal texts: nothing has changed. A missing file is as good as any other state.
    std::string config_stamp() const;
    std::string plugin_stamp() const;
    bool operator==(const InputFiles&) const = default;
};

// Of a start or refresh with these options, once the settings are known.
InputFiles input_files(const config::LoadOptions& options, const config::Settings& settings,
                       const std::vector<std::filesystem::path>& default_plugin_folders);

}  // namespace gomodel::gateway
