#include "config/effective.hpp"

#include <Poco/JSON/Array.h>

#include "config/keys.hpp"
#include "config/redact.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

using Poco::Dynamic::Var;

class Listing {
public:
    explicit Listing(const Loaded& loaded) : loaded_(loaded) {}

    std::vector<EffectiveValue> run(const std::vector<ProviderInstance>& providers) {
        for (const Key& key : all_keys()) {
            if (std::holds_alternative<std::monostate>(key.field)) continue;
            const std::string where = loaded_.where(key.path);
            add(std::string(key.path), value_text(key, loaded_.settings),
                where.empty() ? "default" : where);
        }
        for (const ProviderInstance& provider : providers) {
            add_provider(provider);
        }
        add_structures();
        return std::move(values_);
    }

private:
    void add(std::string key, std::string value, std::string source) {
        values_.push_back({std::move(key), std::move(value), std::move(source)});
    }

    void add_provider(const ProviderInstance& provider) {
        const std::string path = join_path("providers", provider.name);
        add(path + ".type", provider.type, loaded_.where(provider, "type"));
        for (const auto& [name, value] : *provider.options) {
            add_json(join_path(path, name), name, value, loaded_.where(provider, name));
        }
        for (std::size_t i = 0; i < provider.models.size(); ++i) {
            const ConfiguredModel& model = provider.models[i];
            add(join_path(path + ".models", i), model.id, model.where);
        }
        Settings scratch;
        scratch.resilience = provider.resilience;
        for (const Key& key : all_keys()) {
            if (!key.path.starts_with("resilience.")) continue;
            const std::string own = join_path(path, key.path);
            const bool overridden = loaded_.origins.contains(own);
            if (overridden) add(own, value_text(key, scratch), loaded_.where(own));
        }
    }

    // A leaf of an option; what is below a secret's name is hidden whole.
    void add_json(const std::string& path, std::string_view name, const Var& value,
                  const std::string& source) {
        if (is_secret_name(name)) return add(path, redact_secret("set"), source);
        if (value.type() == typeid(Poco::JSON::Object::Ptr)) {
            for (const auto& [member, inner] : *value.extract<Poco::JSON::Object::Ptr>()) {
                add_json(join_path(path, member), member, inner, source);
            }
        } else if (value.type() == typeid(Poco::JSON::Array::Ptr)) {
            const auto& array = *value.extract<Poco::JSON::Array::Ptr>();
            for (std::size_t i = 0; i < array.size(); ++i) {
                add_json(join_path(path, i), name, array.get(static_cast<unsigned>(i)), source);
            }
        } else {
            add(path, value.isEmpty() ? "null" : redact(value.toString()), source);
        }
    }

    void add_structures() {
        const Settings& settings = loaded_.settings;
        for (const UserPathBudget& budget : settings.budgets.user_paths) {
            for (const BudgetLimit& limit : budget.limits) {
                add("budgets." + budget.path + '.' + std::to_string(limit.period_seconds),
                    format_number(limit.amount), limit.where);
            }
        }
        for (std::size_t i = 0; i < settings.rate_limits.size(); ++i) {
            const RateLimit& limit = settings.rate_limits[i];
            add(join_path("rate_limits", i), to_string(limit), limit.where);
        }
        if (const auto& options = settings.cache.response.simple.config; !options.isNull()) {
            const std::string path = "cache.response.simple.config";
            for (const auto& [name, value] : *options) {
                add_json(join_path(path, name), name, value, loaded_.where(path));
            }
        }
        for (const GuardrailRule& rule : settings.guardrails.rules) {
            add("guardrails.rules." + rule.name, rule.type, rule.where);
        }
        for (const auto& [selector, candidates] : settings.fallback.manual_rules) {
            std::string text;
            for (const std::string& candidate : candidates) {
                text += (text.empty() ? "" : ", ") + candidate;
            }
            add("fallback.rules." + selector, text, settings.fallback.manual_rules_path);
        }
        for (const auto& [selector, mode] : settings.fallback.overrides) {
            constexpr const char* kNames[] = {"off", "manual", "auto"};
            const std::string path = "fallback.overrides." + selector;
            add(path, kNames[static_cast<int>(mode)], loaded_.where(path));
        }
        for (const auto& [file, digest] : settings.plugins.sha256) {
            const std::string path = "plugins.sha256." + file;
            add(path, "sha256:" + digest, loaded_.where(path));
        }
        for (const auto& [id, budget] : settings.plugins.budgets) {
            const std::string path = "plugins.budgets." + id;
            add(path, format_duration(budget.limit) + (budget.bypass ? ", bypass" : ""),
                loaded_.where(path));
        }
    }

    const Loaded& loaded_;
    std::vector<EffectiveValue> values_;
};

}  // namespace

std::vector<EffectiveValue> effective_values(const Loaded& loaded,
                                             const std::vector<ProviderInstance>& providers) {
    return Listing(loaded).run(providers);
}

std::string print_effective(const std::vector<EffectiveValue>& values) {
    std::string text;
    for (const EffectiveValue& value : values) {
        text += value.key + " = " + value.value + " (" + value.source + ")\n";
    }
    return text;
}

}  // namespace gomodel::config
