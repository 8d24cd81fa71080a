#include "config/differences.hpp"
#include "gateway/generation_builder.hpp"

namespace gomodel::gateway {
namespace {

using Modules = std::map<std::string, const plugin::Module*>;

Modules by_file(const Generation& generation) {
    Modules modules;
    if (generation.registry == nullptr) return modules;
    for (const auto& module : generation.registry->modules())
        modules[module->file().string()] = module.get();
    return modules;
}

void compare_modules(const Generation& before, const Generation& after,
                     std::vector<std::string>& found) {
    const Modules old_ones = by_file(before);
    const Modules new_ones = by_file(after);
    for (const auto& [file, module] : new_ones) {
        const auto old_one = old_ones.find(file);
        const std::string digest = "sha256:" + module->sha256();
        if (old_one == old_ones.end()) {
            found.push_back("plugin file " + file + " added, " + digest);
        } else if (old_one->second->sha256() != module->sha256()) {
            found.push_back("plugin file " + file + " replaced, now " + digest);
        }
    }
    for (const auto& [file, module] : old_ones) {
        if (!new_ones.contains(file)) found.push_back("plugin file " + file + " removed");
    }
}

// Why a provider is not what it was; empty: it is.
std::string difference(const Provider& before, const Provider& after) {
    if (before.type != after.type) return "has another type";
    const plugin::Instance& instance = *after.instance;
    if (before.instance.get() != &instance) {
        const bool same_code = &before.instance->module() == &instance.module();
        return same_code ? "has other options" : "runs new plugin code";
    }
    if (!config::same_models(before.models, after.models)) return "has other models configured";
    if (!(before.resilience == after.resilience)) return "has another resilience";
    return {};
}

void compare_providers(const Generation& before, const Generation& after,
                       std::vector<std::string>& found) {
    for (const auto& provider : after.providers) {
        const std::string what = "provider " + provider->name + " ";
        const Provider* const old_one = before.provider(provider->name);
        const std::string how = old_one == nullptr ? "added" : difference(*old_one, *provider);
        if (!how.empty()) found.push_back(what + how);
    }
    for (const auto& provider : before.providers) {
        if (after.provider(provider->name) != nullptr) continue;
        found.push_back("provider " + provider->name + " removed");
    }
}

void compare_canaries(const Generation& before, const Generation& after,
                      std::vector<std::string>& found) {
    if (after.canary == nullptr) return;
    const CanaryTrial* const old_one =
        before.canary == nullptr ? nullptr : before.canary->trial.get();
    if (after.canary->trial.get() == old_one) return;
    const CanaryFigures figures = after.canary->trial->figures();
    const bool running = figures.state == CanaryState::kRunning;
    found.push_back("canary " + after.canary->rules.module + ' ' +
                    (running ? "tried, sha256:" + after.canary->sha256
                             : std::string(to_string(figures.state)) + ": " + figures.reason));
}

}  // namespace

std::vector<std::string> changes(const Generation& before, const Generation& after) {
    std::vector<std::string> found;
    compare_modules(before, after, found);
    compare_providers(before, after, found);
    compare_canaries(before, after, found);
    for (const std::string& key : config::differing_keys(before.settings, after.settings)) {
        if (!config::needs_restart(key)) found.push_back("setting " + key);
    }
    return found;
}

}  // namespace gomodel::gateway
