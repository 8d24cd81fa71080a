#include "gateway/access_rules.hpp"

#include <algorithm>

namespace gomodel::gateway {
namespace {

// A name of a provider has no slash.
std::string scope_key(std::string_view provider, std::string_view model) {
    return std::string(provider).append("/").append(model);
}

dialect::ApiError denied(std::string message) {
    dialect::ApiError error = dialect::invalid_request(std::move(message));
    error.code = "model_access_denied";
    return error;
}

}  // namespace

std::string_view AccessRule::scope() const {
    if (provider_name.empty()) return model.empty() ? "global" : "model";
    return model.empty() ? "provider" : "provider_model";
}

bool AccessRule::allows(std::string_view user_path) const {
    return std::any_of(user_paths.begin(), user_paths.end(), [&](const std::string& path) {
        if (path == "/") return true;
        return user_path.starts_with(path) &&
               (user_path.size() == path.size() || user_path[path.size()] == '/');
    });
}

AccessRules::AccessRules(std::vector<AccessRule> rules) : rules_(std::move(rules)) {
    std::sort(rules_.begin(), rules_.end(),
              [](const AccessRule& a, const AccessRule& b) { return a.selector < b.selector; });
    for (std::size_t i = 0; i < rules_.size(); ++i)
        by_scope_.emplace(scope_key(rules_[i].provider_name, rules_[i].model), i);
}

const AccessRule* AccessRules::find(std::string_view selector) const {
    const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const AccessRule& rule) {
        return rule.selector == selector;
    });
    return found == rules_.end() ? nullptr : &*found;
}

const AccessRule* AccessRules::rule_for(std::string_view provider, std::string_view model) const {
    if (rules_.empty()) return nullptr;
    const AccessRule* rule = scoped(provider, model);
    if (rule == nullptr) rule = scoped(provider, {});
    if (rule == nullptr) rule = scoped({}, model);
    if (rule == nullptr) rule = scoped({}, {});
    return rule;
}

const AccessRule* AccessRules::scoped(std::string_view provider, std::string_view model) const {
    const auto found = by_scope_.find(scope_key(provider, model));
    return found == by_scope_.end() ? nullptr : &rules_[found->second];
}

dialect::Failure check_access(const AccessRules* rules, const config::Models& settings,
                              const Wanted& wanted) {
    if (!settings.overrides_enabled) return std::nullopt;
    const AccessRule* const rule =
        rules == nullptr ? nullptr : rules->rule_for(wanted.provider, wanted.model);
    if (rule == nullptr && settings.enabled_by_default) return std::nullopt;
    if (rule == nullptr) return denied("requested model is not available");
    if (rule->allows(wanted.user_path)) return std::nullopt;
    return denied("requested model is not available for this API key");
}

}  // namespace gomodel::gateway
