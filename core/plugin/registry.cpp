#include "plugin/registry.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace gomodel::plugin {
namespace {

constexpr std::array<std::string_view, 5> kInterfaces = {GM_PROVIDER, GM_CACHE, GM_VECTOR_STORE,
                                                         GM_STORAGE, GM_GUARDRAIL};

bool known(std::string_view iface) {
    return std::find(kInterfaces.begin(), kInterfaces.end(), iface) != kInterfaces.end();
}

bool is_another_storage(const std::filesystem::path& file, std::string_view wanted) {
    constexpr std::string_view kPrefix = "libgomodel-storage-";
    const std::string name = file.stem().string();
    return !wanted.empty() && name.starts_with(kPrefix) &&
           std::string_view(name).substr(kPrefix.size()) != wanted;
}

}  // namespace

Registry Registry::load(const RegistryOptions& options, std::vector<std::string>* problems,
                        const Registry* previous) {
    Registry registry;
    std::vector<std::string>* const refused = &registry.refused_;
    std::span<const std::shared_ptr<const Module>> loaded;
    if (previous != nullptr) loaded = previous->modules_;
    std::set<std::string> names;
    for (const std::filesystem::path& file : scan(options.folders, refused)) {
        std::error_code no_such_file;
        if (std::filesystem::equivalent(file, options.except, no_such_file)) continue;
        names.insert(file.filename().string());
        if (is_another_storage(file, options.storage)) continue;
        LoadOptions load{options.run_dir, "", options.unload, options.trial_program,
                         options.trial_limit};
        const auto pinned = options.sha256.find(file.filename().string());
        if (pinned != options.sha256.end()) load.sha256 = pinned->second;
        const base::Result<std::shared_ptr<const Module>> module = Module::load(file, load, loaded);
        if (module.ok()) {
            registry.modules_.push_back(*module);
            registry.add(*module, options.allow_draft, refused);
        } else {
            refused->push_back(module.error().message);
        }
    }
    for (const auto& [name, digest] : options.sha256) {
        if (!names.contains(name)) registry.unused_pins_.push_back(name);
    }
    problems->insert(problems->end(), refused->begin(), refused->end());
    return registry;
}

void Registry::add(const std::shared_ptr<const Module>& module, bool allow_draft,
                   std::vector<std::string>* problems) {
    const gm_module_t& descriptor = module->descriptor();
    for (std::uint32_t i = 0; i < descriptor.plugin_count; ++i) {
        const gm_plugin_t* const plugin = descriptor.plugins[i];
        const std::string where = module->file().string() + ": " + plugin->id;
        if (!known(plugin->iface)) {
            problems->push_back(where + ": this gateway does not know the interface \"" +
                                plugin->iface + "\"" +
                                (allow_draft ? "" : " (drafts need plugins.allow_draft: true)"));
            continue;
        }
        base::Result<SchemaFacts> schema = read_schema(plugin->config_schema);
        if (!schema.ok()) {
            problems->push_back(where + ": " + schema.error().message);
            continue;
        }
        const auto [entry, added] =
            plugins_.try_emplace(plugin->id, Registered{module, plugin, std::move(*schema)});
        if (!added) {
            problems->push_back(where + ": the same plugin id is already provided by " +
                                entry->second.module->file().string() + "; remove one of them");
        }
    }
}

void Registry::put_first(const std::shared_ptr<const Module>& module) {
    const gm_module_t& descriptor = module->descriptor();
    for (std::uint32_t i = 0; i < descriptor.plugin_count; ++i)
        plugins_.erase(descriptor.plugins[i]->id);
    std::vector<std::string> problems;
    add(module, false, &problems);
    if (std::find(modules_.begin(), modules_.end(), module) == modules_.end()) {
        modules_.push_back(module);
    }
}

const Registered* Registry::find(std::string_view id) const {
    const auto found = plugins_.find(id);
    return found == plugins_.end() ? nullptr : &found->second;
}

std::vector<const Registered*> Registry::of(std::string_view iface) const {
    std::vector<const Registered*> found;
    for (const auto& [id, registered] : plugins_) {
        if (registered.plugin->iface == iface) found.push_back(&registered);
    }
    return found;
}

}  // namespace gomodel::plugin
