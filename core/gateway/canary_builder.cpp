#include "gateway/canary_builder.hpp"

#include <Poco/JSON/Stringifier.h>

#include <algorithm>
#include <sstream>

#include "base/sha256.hpp"

namespace gomodel::gateway {
namespace {

constexpr const char* kKey = "plugins.canary.module";

const gm_plugin_t* find(const plugin::Module& module, std::string_view id) {
    const gm_module_t& descriptor = module.descriptor();
    for (std::uint32_t i = 0; i < descriptor.plugin_count; ++i) {
        if (descriptor.plugins[i]->id == id) return descriptor.plugins[i];
    }
    return nullptr;
}

}  // namespace

std::string options_json(const config::ProviderInstance& entry) {
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(*entry.options, out);
    return out.str();
}

std::shared_ptr<const plugin::Instance> running_instance(const Generation* previous,
                                                         const gm_plugin_t* plugin,
                                                         const std::string& name,
                                                         const std::string& config) {
    if (previous == nullptr) return nullptr;
    const Provider* const running = previous->provider(name);
    const Provider* const tried = running == nullptr || previous->canary == nullptr
                                      ? nullptr
                                      : previous->canary->instead_of(*running);
    const std::string digest = base::sha256_hex(config);
    for (const Provider* const provider : {running, tried}) {
        const bool same = provider != nullptr && &provider->instance->plugin() == plugin &&
                          provider->instance->config_sha256() == digest;
        if (same) return provider->instance;
    }
    return nullptr;
}

std::shared_ptr<const plugin::Registry> CanaryBuilder::load(
    const std::shared_ptr<const plugin::Registry>& plugins) {
    const config::Canary& rules = loaded_.settings.plugins.canary;
    if (rules.module.empty()) return plugins;
    canary_ = std::make_shared<Canary>();
    canary_->rules = rules;
    const base::Result<std::string> digest = plugin::file_sha256(rules.module);
    if (digest.ok()) canary_->sha256 = *digest;
    const Canary* const before = previous_ == nullptr ? nullptr : previous_->canary.get();
    const bool known =
        before != nullptr && before->rules == rules && before->sha256 == canary_->sha256;
    if (known && before->module == nullptr) {  // refused, and it is still the same file
        canary_->trial = before->trial;
        return plugins;
    }
    if (!digest.ok()) {
        refuse(digest.error().message);
        return plugins;
    }
    std::vector<std::shared_ptr<const plugin::Module>> loaded;
    if (before != nullptr && before->module != nullptr) loaded.push_back(before->module);
    const auto module = plugin::Module::load(
        rules.module, load_options(loaded_.settings.plugins, rules.module, options_), loaded);
    if (!module.ok()) {
        refuse(module.error().message);
        return plugins;
    }
    canary_->module = *module;
    return find_builds(*plugins) ? begin(plugins, before) : plugins;
}

// Goes on with the trial of before, or begins one.
std::shared_ptr<const plugin::Registry> CanaryBuilder::begin(
    const std::shared_ptr<const plugin::Registry>& plugins, const Canary* before) {
    const bool same = same_build(*plugins);
    if (before != nullptr && before->same_trial(*canary_)) {
        canary_->trial = before->trial;
    } else if (same) {
        canary_->trial = std::make_shared<CanaryTrial>(CanaryState::kPromoted,
                                                       "it is the build the plugin folders have");
    } else {
        canary_->trial = std::make_shared<CanaryTrial>(canary_->rules, options_.trial_over);
    }
    if (same || canary_->trial->state() != CanaryState::kPromoted) return plugins;
    auto promoted = std::make_shared<plugin::Registry>(*plugins);
    promoted->put_first(canary_->module);
    return promoted;
}

// Notes which builds the new one would replace. False: it is none that runs.
bool CanaryBuilder::find_builds(const plugin::Registry& plugins) {
    const gm_module_t& descriptor = canary_->module->descriptor();
    for (std::uint32_t i = 0; i < descriptor.plugin_count; ++i) {
        const gm_plugin_t& plugin = *descriptor.plugins[i];
        const plugin::Registered* const running = plugins.find(plugin.id);
        const bool alike = running != nullptr &&
                           std::string_view(running->plugin->iface) == plugin.iface &&
                           plugin::read_schema(plugin.config_schema).ok();
        if (!alike) {
            const std::string id = plugin.id;
            canary_->module.reset();
            refuse(canary_->rules.module + ": " + id +
                   " is no new build of a plugin that is there");
            return false;
        }
        canary_->against += running->module->sha256() + ' ';
    }
    return true;
}

bool CanaryBuilder::same_build(const plugin::Registry& plugins) const {
    const gm_module_t& descriptor = canary_->module->descriptor();
    for (std::uint32_t i = 0; i < descriptor.plugin_count; ++i) {
        if (plugins.find(descriptor.plugins[i]->id)->module->sha256() != canary_->sha256) {
            return false;
        }
    }
    return true;
}

void CanaryBuilder::refuse(const std::string& why) {
    problems_.warn(loaded_.where(kKey), kKey, "the canary is rolled back: " + why);
    canary_->trial = std::make_shared<CanaryTrial>(CanaryState::kRolledBack, why);
    canary_->providers.clear();
}

void CanaryBuilder::add_provider(const Provider& current, const config::ProviderInstance& entry,
                                 base::Log& log) {
    if (canary_ == nullptr || canary_->module == nullptr) return;
    if (canary_->trial->state() != CanaryState::kRunning) return;
    const gm_plugin_t* const plugin = find(*canary_->module, current.instance->plugin().id);
    if (plugin == nullptr) return;
    const plugin::CheckedConfig checked =
        plugin::check_config(plugin->config_schema, options_json(entry));
    if (!checked.ok()) {
        std::string why = "providers." + entry.name + " has options it does not accept:";
        for (const plugin::SchemaProblem& problem : checked.problems)
            why += ' ' + problem.path + ": " + problem.message + ';';
        why.pop_back();
        return refuse(why);
    }
    base::Result<std::shared_ptr<const plugin::Instance>> instance =
        running_instance(previous_, plugin, entry.name, checked.json);
    if (*instance == nullptr) {
        instance = plugin::Instance::create(
            canary_->module, *plugin, entry.name, checked.json, log,
            std::chrono::steady_clock::now() + loaded_.settings.plugins.create_timeout,
            options_.stuck, options_.ledger->account(plugin->id, plugin::Build::kCanary));
    }
    if (!instance.ok()) return refuse(instance.error().message);
    auto twin = std::make_shared<Provider>(current);
    twin->instance = *instance;
    twin->account = options_.ledger->account(plugin->id, plugin::Build::kCanary);
    canary_->providers.push_back(std::move(twin));
}

std::shared_ptr<const Canary> CanaryBuilder::take() {
    return canary_;
}

}  // namespace gomodel::gateway
