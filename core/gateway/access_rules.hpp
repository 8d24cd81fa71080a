// Who may use which model: rules that operators make, by model and user path. Immutable; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "config/settings.hpp"
#include "dialect/api_error.hpp"

namespace gomodel::gateway {

// What the table calls a model override.
struct AccessRule {
    std::string selector;       // "/", "openai/", "openai/gpt-4o", "gpt-4o"
    std::string provider_name;  // empty: of any provider
    std::string model;          // the upstream's id; empty: any model
    std::vector<std::string> user_paths;
    base::WallTime created_at{};
    base::WallTime updated_at{};

    // "global", "provider", "model", "provider_model"
    std::string_view scope() const;
    // Its paths and what is below them may; so may nobody else, nor whoever has no path, unless
    // one of the paths is "/".
    bool allows(std::string_view user_path) const;
};

class AccessRules {
public:
    AccessRules() = default;
    explicit AccessRules(std::vector<AccessRule> rules);

    // In order of selector.
    const std::vector<AccessRule>& rules() const { return rules_; }
    const AccessRule* find(std::string_view selector) const;
    // The one rule that counts for a model, the most telling one: for this model of this provider,
    // else for the provider, else for the model, else for all. nullptr: there is none.
    const AccessRule* rule_for(std::string_view provider, std::string_view model) const;

private:
    const AccessRule* scoped(std::string_view provider, std::string_view model) const;

    std::vector<AccessRule> rules_;
    std::unordered_map<std::string, std::size_t> by_scope_;
};

// Which model of whose provider is wanted, and for whom.
struct Wanted {
    std::string_view provider;  // its name
    std::string_view model;     // the upstream's id
    std::string_view user_path;
};

// Nothing: the model may be used. `rules` may be nullptr: none are known.
dialect::Failure check_access(const AccessRules* rules, const config::Models& settings,
                              const Wanted& wanted);

}  // namespace gomodel::gateway
