// What the program does besides serving: checks a configuration, lists and checks plugins. Main
// thread; writes to the standard streams.
#pragma once

#include <string>
#include <vector>

#include "config/loader.hpp"
#include "gateway/generation_builder.hpp"

namespace gomodel::app {

struct CommandContext {
    config::LoadOptions load;
    gateway::BuildOptions build;
};

// Each returns the exit code: 0 fine, 1 what was asked about is not in order, 2 wrong usage.
int check_config(const CommandContext& context, const std::vector<std::string>& arguments);
int plugins(const CommandContext& context, const std::vector<std::string>& arguments);
int providers(const CommandContext& context, const std::vector<std::string>& arguments);

// Where plugins are when plugins.path is not set: beside the program or installed with it.
std::vector<std::filesystem::path> default_plugin_folders();

}  // namespace gomodel::app
