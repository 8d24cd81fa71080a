#include "gateway/input_files.hpp"

#include <sys/stat.h>

#include "plugin/module.hpp"

namespace gomodel::gateway {
namespace {

namespace fs = std::filesystem;

void append(std::string& stamp, const fs::path& file) {
    struct stat found {};
    stamp += file.string();
    if (::stat(file.c_str(), &found) == 0) {
        for (const auto part :
             {static_cast<long long>(found.st_dev), static_cast<long long>(found.st_ino),
              static_cast<long long>(found.st_size), static_cast<long long>(found.st_mtim.tv_sec),
              static_cast<long long>(found.st_mtim.tv_nsec),
              static_cast<long long>(found.st_ctim.tv_sec),
              static_cast<long long>(found.st_ctim.tv_nsec)}) {
            stamp += ' ' + std::to_string(part);
        }
    }
    stamp += '\n';
}

}  // namespace

std::string InputFiles::config_stamp() const {
    std::string stamp;
    for (const fs::path& file : config)
        append(stamp, file);
    return stamp;
}

std::string InputFiles::plugin_stamp() const {
    std::string stamp;
    for (const fs::path& folder : plugins) {
        for (const fs::path& file : plugin::shared_objects(folder))
            append(stamp, file);
    }
    for (const fs::path& file : modules)
        append(stamp, file);
    return stamp;
}

InputFiles input_files(const config::LoadOptions& options, const config::Settings& settings,
                       const std::vector<fs::path>& default_plugin_folders) {
    InputFiles inputs;
    inputs.config.push_back(options.directory / ".env");
    if (options.file) {
        inputs.config.push_back(options.directory / *options.file);
    } else {
        inputs.config.push_back(options.directory / "config/config.yaml");
        inputs.config.push_back(options.directory / "config.yaml");
    }
    if (const std::string& rules = settings.fallback.manual_rules_path; !rules.empty()) {
        inputs.config.push_back(options.directory / rules);
    }
    inputs.plugins = default_plugin_folders;
    if (!settings.plugins.path.empty()) {
        inputs.plugins.assign(settings.plugins.path.begin(), settings.plugins.path.end());
    }
    if (const std::string& canary = settings.plugins.canary.module; !canary.empty()) {
        inputs.modules.push_back(canary);
    }
    return inputs;
}

}  // namespace gomodel::gateway
