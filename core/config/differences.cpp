#include "config/differences.hpp"

#include <Poco/JSON/Stringifier.h>

#include <algorithm>
#include <sstream>

#include "config/keys.hpp"

namespace gomodel::config {
namespace {

// Compares the value a key has in two settings.
struct Differs {
    Settings& a;
    Settings& b;

    bool operator()(std::monostate) const { return false; }
    bool operator()(const Choice& choice) const { return choice.get(a) != choice.get(b); }
    template <typename T>
    bool operator()(T& (*field)(Settings&)) const {
        return field(a) != field(b);
    }
};

std::string text(const Poco::JSON::Object::Ptr& object) {
    if (object.isNull()) return {};
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(*object, out);
    return std::move(out).str();
}

template <typename T, typename Same>
bool all_same(const std::vector<T>& a, const std::vector<T>& b, Same same) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

bool same_limit(const BudgetLimit& a, const BudgetLimit& b) {
    return a.period_seconds == b.period_seconds && a.amount == b.amount;
}

bool same_budget(const UserPathBudget& a, const UserPathBudget& b) {
    return a.path == b.path && all_same(a.limits, b.limits, &same_limit);
}

bool same_rule(const GuardrailRule& a, const GuardrailRule& b) {
    return a.name == b.name && a.type == b.type && a.description == b.description &&
           a.user_path == b.user_path && a.order == b.order && text(a.config) == text(b.config);
}

bool same_model(const ConfiguredModel& a, const ConfiguredModel& b) {
    return a.id == b.id && text(a.metadata) == text(b.metadata);
}

}  // namespace

std::vector<std::string> differing_keys(const Settings& a, const Settings& b) {
    std::vector<std::string> found;
    Settings left = a;  // the fields are reached through one kind of accessor
    Settings right = b;
    for (const Key& key : all_keys()) {
        if (std::visit(Differs{left, right}, key.field)) found.emplace_back(key.path);
    }
    const auto note = [&found](const char* path, bool same) {
        if (!same) found.emplace_back(path);
    };
    note("budgets.user_paths", all_same(a.budgets.user_paths, b.budgets.user_paths, &same_budget));
    note("rate_limits", all_same(a.rate_limits, b.rate_limits,
                                 [](const auto& x, const auto& y) { return x.same_limit(y); }));
    note("guardrails.rules", all_same(a.guardrails.rules, b.guardrails.rules, &same_rule));
    note("cache.response.simple.config",
         text(a.cache.response.simple.config) == text(b.cache.response.simple.config));
    note("fallback.rules", a.fallback.manual_rules == b.fallback.manual_rules);
    note("fallback.overrides", a.fallback.overrides == b.fallback.overrides);
    note("plugins.sha256", a.plugins.sha256 == b.plugins.sha256);
    note("plugins.budgets", a.plugins.budgets == b.plugins.budgets);
    return found;
}

bool needs_restart(std::string_view path) {
    const Key* const key = find_key(path);
    return key != nullptr && key->has(kAtStart);
}

bool same_models(const std::vector<ConfiguredModel>& a, const std::vector<ConfiguredModel>& b) {
    return all_same(a, b, &same_model);
}

}  // namespace gomodel::config
