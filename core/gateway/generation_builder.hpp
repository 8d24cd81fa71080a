// Makes a generation out of a configuration: loads plugins, discovers providers, checks each one's
// options against its plugin's schema, creates the instances. Control thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "config/loader.hpp"
#include "config/providers.hpp"
#include "gateway/generation.hpp"

namespace gomodel::gateway {

struct BuildOptions {
    std::vector<std::filesystem::path> default_plugin_folders;  // when plugins.path is not set
    bool create_instances = true;                               // false: only check
    // The gateway's own program. With it, a library that is new to a running gateway is first
    // loaded in another process, whose crash it survives.
    std::filesystem::path program = {};
    plugin::StuckCalls stuck = std::make_shared<std::atomic<int>>(0);
    std::shared_ptr<plugin::Ledger> ledger = std::make_shared<plugin::Ledger>();
    std::shared_ptr<limits::Limits> limits = {};  // null: limits are not enforced
    std::shared_ptr<recall::Recall> recall = {};  // null: caches are not asked
    // Called, by any thread, when the trial of a canary is over; see conclude_trial().
    std::function<void()> trial_over = {};
};

struct Built {
    std::unique_ptr<Generation> generation;  // null when problems.fatal()
    config::Problems problems;               // the loader's own not included
};

// With a `previous` generation its modules and instances are carried over where neither the file
// nor the options changed, and what the previous one had must not get lost: a plugin file that is
// refused now, or a provider whose plugin is gone, is an error and not a warning.
Built build_generation(const config::Loaded& loaded, const BuildOptions& options, base::Log& log,
                       const Generation* previous = nullptr);

// What is different in `after`, in words: modules, providers, settings. Settings that need a
// restart are left out.
std::vector<std::string> changes(const Generation& before, const Generation& after);

// How the gateway loads a library that is new to it.
plugin::LoadOptions load_options(const config::Plugins& settings, const std::filesystem::path& file,
                                 const BuildOptions& options);

// The plugins of a configuration. `storage`: as in plugin::RegistryOptions.
std::shared_ptr<const plugin::Registry> load_registry(const config::Plugins& settings,
                                                      const BuildOptions& options,
                                                      config::Problems& problems,
                                                      const plugin::Registry* previous = nullptr,
                                                      std::string_view storage = {});

// What provider discovery needs to know of each provider plugin, read from its schema.
std::vector<config::ProviderType> provider_types(const plugin::Registry& registry);

}  // namespace gomodel::gateway
