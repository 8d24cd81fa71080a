#include "gateway/generation_builder.hpp"

#include <algorithm>

#include "config/redact.hpp"
#include "gateway/canary_builder.hpp"
#include "gateway/guard/guardrail_builder.hpp"
#include "gateway/recall/store_builder.hpp"

namespace gomodel::gateway {
namespace {

constexpr std::string_view kProviderPrefix = "provider.";

// A default in a schema is JSON text; the ones read here are strings.
std::string unquoted(const std::string& json) {
    const bool quoted = json.size() >= 2 && json.front() == '"' && json.back() == '"';
    return quoted ? json.substr(1, json.size() - 2) : std::string();
}

class Builder {
public:
    Builder(const config::Loaded& loaded, const BuildOptions& options, base::Log& log,
            const Generation* previous)
        : loaded_(loaded), options_(options), log_(log), previous_(previous) {}

    Built run() {
        auto generation = std::make_unique<Generation>();
        generation->settings = loaded_.settings;
        generation->authenticator = Authenticator(loaded_.settings.server.master_key);
        generation->registry =
            load_registry(loaded_.settings.plugins, options_, problems_,
                          previous_ == nullptr ? nullptr : previous_->registry.get(),
                          loaded_.settings.storage.type);
        CanaryBuilder canary(loaded_, options_, previous_, problems_);
        generation->registry = canary.load(generation->registry);
        const config::Discovered discovered =
            config::discover(loaded_.settings, loaded_.environment, types(*generation->registry));
        note_dropped(discovered);
        note_unused_budgets(*generation->registry);
        for (const config::ProviderInstance& instance : discovered.instances) {
            add_provider(instance, *generation, canary);
        }
        generation->canary = canary.take();
        generation->guardrails =
            guard::GuardrailBuilder(loaded_, options_, log_, previous_, problems_)
                .run(*generation->registry);
        if (generation->providers.empty() && options_.create_instances && !problems_.fatal()) {
            problems_.error("", "providers",
                            "no provider is configured; set a key such as OPENAI_API_KEY or add an "
                            "entry under providers: in config.yaml");
        }
        generation->catalog =
            std::make_shared<const Catalog>(generation->providers, configured_models(*generation));
        generation->limits = options_.limits;
        if (options_.limits != nullptr) {
            generation->rate_limits = options_.limits->with_meters(loaded_.settings.rate_limits);
        }
        generation->answers = recall::build_store(loaded_, options_, *generation->registry,
                                                  previous_, log_, problems_);
        generation->recall = options_.recall;
        Built built;
        if (!problems_.fatal()) built.generation = std::move(generation);
        built.problems = std::move(problems_);
        return built;
    }

private:
    // A provider that discovery leaves out is a warning, unless it is running.
    void note_dropped(const config::Discovered& discovered) {
        for (config::Problem problem : discovered.problems.all()) {
            const auto dropped = [&](const auto& provider) {
                return problem.key == "providers." + provider->name &&
                       std::none_of(discovered.instances.begin(), discovered.instances.end(),
                                    [&](const auto& kept) { return kept.name == provider->name; });
            };
            const bool running =
                previous_ != nullptr &&
                std::any_of(previous_->providers.begin(), previous_->providers.end(), dropped);
            if (running) problem.severity = config::Severity::kError;
            problems_.add(std::move(problem));
        }
    }

    void add_provider(const config::ProviderInstance& entry, Generation& generation,
                      CanaryBuilder& canary) {
        const plugin::Registered* const registered =
            generation.registry->find(std::string(kProviderPrefix) + entry.type);
        if (registered == nullptr) {  // the previous generation had it, or discovery had said so
            problems_.error(entry.where, "providers." + entry.name,
                            "no plugin provides its type " + entry.type +
                                " any more; put the plugin back, or remove the provider as well");
            return;
        }
        const plugin::CheckedConfig checked =
            plugin::check_config(registered->plugin->config_schema, options_json(entry));
        for (const plugin::SchemaProblem& problem : checked.problems) {
            const std::string key =
                "providers." + entry.name + (problem.path.empty() ? "" : "." + problem.path);
            const std::string where = loaded_.where(entry, problem.path);
            if (problem.fatal) {
                problems_.error(where, key, problem.message);
            } else {
                problems_.warn(where, key, problem.message);
            }
        }
        if (!checked.ok() || !options_.create_instances) return;
        base::Result<std::shared_ptr<const plugin::Instance>> instance =
            make_instance(*registered, entry.name, checked.json);
        if (!instance.ok()) {
            problems_.error(entry.where, "providers." + entry.name, instance.error().message);
            return;
        }
        const std::string_view id = registered->plugin->id;
        Provider provider{entry.name,
                          entry.type,
                          *instance,
                          entry.models,
                          entry.resilience,
                          budget(id),
                          options_.ledger->account(id),
                          registered->schema.usage};
        carry_over_health(provider);
        provider.base_url = config::redact(entry.option("base_url"));
        provider.api_version = entry.option("api_version");
        provider.hidden.add_url(entry.option("base_url"));
        for (const std::string& option : entry.options->getNames()) {
            if (config::is_secret_name(option)) provider.hidden.add_secret(entry.option(option));
        }
        generation.providers.push_back(std::make_shared<const Provider>(std::move(provider)));
        canary.add_provider(*generation.providers.back(), entry, log_);
    }

    // What is known of a provider's health stays true while the provider, and what the breaker's
    // rules are, stay the same.
    void carry_over_health(Provider& provider) const {
        const Provider* const before =
            previous_ == nullptr ? nullptr : previous_->provider(provider.name);
        if (before == nullptr || before->instance != provider.instance) return;
        provider.recent = before->recent;
        if (before->breaker->rules() == provider.resilience.circuit_breaker)
            provider.breaker = before->breaker;
    }

    config::PluginBudget budget(std::string_view id) const {
        const auto& budgets = loaded_.settings.plugins.budgets;
        const auto found = budgets.find(std::string(id));
        return found == budgets.end() ? config::PluginBudget() : found->second;
    }

    // A budget for a plugin that is not there is a typing error, or ahead of its time.
    void note_unused_budgets(const plugin::Registry& registry) {
        for (const auto& [id, budget] : loaded_.settings.plugins.budgets) {
            const std::string key = "plugins.budgets." + id;
            if (registry.find(id) != nullptr) continue;
            problems_.warn(loaded_.where(key), key, "there is no plugin with this id");
        }
    }

    // The previous generation's instance, if it would not be any different now.
    base::Result<std::shared_ptr<const plugin::Instance>> make_instance(
        const plugin::Registered& registered, const std::string& name, const std::string& config) {
        if (auto running = running_instance(previous_, registered.plugin, name, config)) {
            return running;
        }
        return plugin::Instance::create(
            registered.module, *registered.plugin, name, config, log_,
            std::chrono::steady_clock::now() + loaded_.settings.plugins.create_timeout,
            options_.stuck, options_.ledger->account(registered.plugin->id));
    }

    // Discovery has to know the types that were there a moment ago as well, to find the providers
    // that have lost their plugin.
    std::vector<config::ProviderType> types(const plugin::Registry& registry) const {
        std::vector<config::ProviderType> known = provider_types(registry);
        if (previous_ == nullptr) return known;
        for (config::ProviderType& type : provider_types(*previous_->registry)) {
            const bool there = std::any_of(known.begin(), known.end(),
                                           [&](const auto& now) { return now.type == type.type; });
            if (!there) known.push_back(std::move(type));
        }
        return known;
    }

    // What is known before any provider has been asked.
    static std::map<std::string, Inventory> configured_models(const Generation& generation) {
        std::map<std::string, Inventory> inventories;
        for (const auto& provider : generation.providers) {
            for (const config::ConfiguredModel& model : provider->models) {
                inventories[provider->name].models.push_back({model.id, 0});
            }
        }
        return inventories;
    }

    const config::Loaded& loaded_;
    const BuildOptions& options_;
    base::Log& log_;
    const Generation* const previous_;
    config::Problems problems_;
};

}  // namespace

const Provider* Generation::provider(std::string_view name) const {
    const auto found = std::find_if(providers.begin(), providers.end(),
                                    [name](const auto& p) { return p->name == name; });
    return found == providers.end() ? nullptr : found->get();
}

std::shared_ptr<const plugin::Registry> load_registry(const config::Plugins& settings,
                                                      const BuildOptions& options,
                                                      config::Problems& problems,
                                                      const plugin::Registry* previous,
                                                      std::string_view storage) {
    plugin::RegistryOptions registry;
    registry.storage = storage;
    registry.folders = options.default_plugin_folders;
    if (!settings.path.empty()) {
        registry.folders.assign(settings.path.begin(), settings.path.end());
    }
    registry.run_dir = settings.run_dir;
    registry.sha256 = settings.sha256;
    registry.allow_draft = settings.allow_draft;
    registry.unload = settings.unload == config::UnloadPolicy::kClose;
    if (previous != nullptr) registry.trial_program = options.program;
    registry.trial_limit = settings.create_timeout;
    registry.except = settings.canary.module;
    std::vector<std::string> refused;
    auto loaded = std::make_shared<const plugin::Registry>(
        plugin::Registry::load(registry, &refused, previous));
    for (std::string& message : refused) {
        const bool news =
            previous != nullptr && std::find(previous->refused().begin(), previous->refused().end(),
                                             message) == previous->refused().end();
        if (news) {
            problems.error("", "plugins", std::move(message));
        } else {
            problems.warn("", "plugins", std::move(message));
        }
    }
    for (const std::string& name : loaded->unused_pins()) {
        problems.warn("", "plugins.sha256." + name,
                      "no plugin file has this name, so nothing is checked; `gomodel plugins list` "
                      "shows the files");
    }
    return loaded;
}

plugin::LoadOptions load_options(const config::Plugins& settings, const std::filesystem::path& file,
                                 const BuildOptions& options) {
    const auto pinned = settings.sha256.find(file.filename().string());
    return {settings.run_dir, pinned == settings.sha256.end() ? "" : pinned->second,
            settings.unload == config::UnloadPolicy::kClose, options.program,
            settings.create_timeout};
}

std::vector<config::ProviderType> provider_types(const plugin::Registry& registry) {
    std::vector<config::ProviderType> types;
    for (const plugin::Registered* registered : registry.of(GM_PROVIDER)) {
        const std::string_view id = registered->plugin->id;
        if (!id.starts_with(kProviderPrefix)) continue;
        const plugin::SchemaFacts::Property* const url = registered->schema.find("base_url");
        const plugin::SchemaFacts::Property* const key = registered->schema.find("api_key");
        config::ProviderType type;
        type.type = id.substr(kProviderPrefix.size());
        type.default_base_url = url == nullptr ? "" : unquoted(url->default_value);
        type.base_url_required = url != nullptr && url->required;
        type.key_optional = key == nullptr || !key->required;
        type.has_api_version = registered->schema.find("api_version") != nullptr;
        for (const plugin::SchemaFacts::Property& property : registered->schema.properties) {
            if (!property.variable.empty()) {
                type.variables.push_back({property.variable, property.name});
            }
        }
        types.push_back(std::move(type));
    }
    return types;
}

Built build_generation(const config::Loaded& loaded, const BuildOptions& options, base::Log& log,
                       const Generation* previous) {
    return Builder(loaded, options, log, previous).run();
}

}  // namespace gomodel::gateway
