#include "gateway/recall/store_builder.hpp"

#include <Poco/JSON/Stringifier.h>

#include <sstream>

#include "base/sha256.hpp"

namespace gomodel::gateway::recall {
namespace {

constexpr const char* kTypeKey = "cache.response.simple.type";
constexpr const char* kUrlKey = "cache.response.simple.redis.url";
constexpr const char* kConfigKey = "cache.response.simple.config";
constexpr std::string_view kPluginKind = "cache.";
constexpr std::string_view kRedis = "redis";

// What the plugin is configured with. Redis has had settings of its own before there were others.
std::string plugin_options(const config::ExactCache& settings) {
    Poco::JSON::Object options;
    if (!settings.config.isNull()) options = *settings.config;
    if (settings.type == kRedis) options.set("url", settings.redis.url);
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(options, out);
    return std::move(out).str();
}

std::string key_of(const config::ExactCache& settings, const std::string& option) {
    if (settings.type == kRedis && option == "url") return kUrlKey;
    std::string key = kConfigKey;
    if (!option.empty()) key.append(".").append(option);
    return key;
}

class StoreBuilder {
public:
    StoreBuilder(const config::Loaded& loaded, const BuildOptions& options,
                 const Generation* previous, base::Log& log, config::Problems& problems)
        : loaded_(loaded),
          settings_(loaded.settings.cache.response.simple),
          options_(options),
          previous_(previous),
          log_(log),
          problems_(problems) {}

    std::shared_ptr<AnswerStore> run(const plugin::Registry& registry) {
        if (!settings_.enabled) return nullptr;
        const std::string id = std::string(kPluginKind) + settings_.type;
        const plugin::Registered* const found = registry.find(id);
        if (found == nullptr || std::string_view(found->plugin->iface) != GM_CACHE) {
            std::string why = "there is no plugin ";
            why.append(id).append(known(registry));
            error(kTypeKey, std::move(why));
            return nullptr;
        }
        const plugin::CheckedConfig checked =
            plugin::check_config(found->plugin->config_schema, plugin_options(settings_));
        for (const plugin::SchemaProblem& problem : checked.problems) {
            const std::string key = key_of(settings_, problem.path);
            problem.fatal ? error(key, problem.message)
                          : problems_.warn(loaded_.where(key), key, problem.message);
        }
        if (!checked.ok() || !options_.create_instances) return nullptr;
        auto instance = make_instance(*found, checked.json);
        if (!instance.ok()) {
            error(settings_.type == kRedis ? kUrlKey : kConfigKey, instance.error().message);
            return nullptr;
        }
        return std::make_shared<AnswerStore>(std::move(*instance), rules(id));
    }

private:
    void error(const std::string& key, std::string message) {
        problems_.error(loaded_.where(key), key, std::move(message));
    }

    // The types that could be had.
    static std::string known(const plugin::Registry& registry) {
        std::string names;
        for (const plugin::Registered* const registered : registry.of(GM_CACHE)) {
            const std::string_view id = registered->plugin->id;
            if (!id.starts_with(kPluginKind)) continue;
            names += (names.empty() ? "" : ", ") + std::string(id.substr(kPluginKind.size()));
        }
        return names.empty() ? "; no plugin in the plugin folders is a cache"
                             : "; the types there are plugins for: " + names;
    }

    AnswerStore::Rules rules(const std::string& id) const {
        AnswerStore::Rules rules;
        rules.prefix = settings_.redis.key;
        rules.ttl = settings_.redis.ttl;
        rules.max_entry = static_cast<std::size_t>(settings_.max_entry_size);
        const auto& budgets = loaded_.settings.plugins.budgets;
        const auto budget = budgets.find(id);
        if (budget != budgets.end()) rules.budget = budget->second;
        return rules;
    }

    base::Result<std::shared_ptr<const plugin::Instance>> make_instance(
        const plugin::Registered& registered, const std::string& config) {
        const AnswerStore* const before = previous_ == nullptr ? nullptr : previous_->answers.get();
        if (before != nullptr && &before->instance()->plugin() == registered.plugin &&
            before->instance()->config_sha256() == base::sha256_hex(config))
            return before->instance();
        return plugin::Instance::create(
            registered.module, *registered.plugin, "response cache", config, log_,
            std::chrono::steady_clock::now() + loaded_.settings.plugins.create_timeout,
            options_.stuck, options_.ledger->account(registered.plugin->id));
    }

    const config::Loaded& loaded_;
    const config::ExactCache& settings_;
    const BuildOptions& options_;
    const Generation* const previous_;
    base::Log& log_;
    config::Problems& problems_;
};

}  // namespace

std::shared_ptr<AnswerStore> build_store(const config::Loaded& loaded, const BuildOptions& options,
                                         const plugin::Registry& registry,
                                         const Generation* previous, base::Log& log,
                                         config::Problems& problems) {
    return StoreBuilder(loaded, options, previous, log, problems).run(registry);
}

}  // namespace gomodel::gateway::recall
