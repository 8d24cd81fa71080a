#include "gateway/guard/guardrail_builder.hpp"

#include <Poco/JSON/Stringifier.h>

#include <algorithm>
#include <sstream>
#include <tuple>

#include "base/sha256.hpp"

namespace gomodel::gateway::guard {
namespace {

constexpr std::string_view kGuardrailPrefix = "guardrail.";

std::string known_types(const plugin::Registry& registry) {
    std::string names;
    for (const plugin::Registered* const registered : registry.of(GM_GUARDRAIL)) {
        const std::string_view id = registered->plugin->id;
        if (!id.starts_with(kGuardrailPrefix)) continue;
        if (!names.empty()) names += ", ";
        names += id.substr(kGuardrailPrefix.size());
    }
    return names.empty() ? "no plugin of this kind is loaded" : "known types are: " + names;
}

std::string config_json(const config::GuardrailRule& rule) {
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(*rule.config, out);
    return out.str();
}

// The previous generation's, if it would not be any different now.
std::shared_ptr<const plugin::Instance> running_guardrail(const Generation* previous,
                                                          const gm_plugin_t* plugin,
                                                          const std::string& name,
                                                          const std::string& config) {
    if (previous == nullptr) return nullptr;
    for (const auto& guardrail : previous->guardrails) {
        const plugin::Instance& instance = *guardrail->instance;
        const bool same = guardrail->name == name && &instance.plugin() == plugin &&
                          instance.config_sha256() == base::sha256_hex(config);
        if (same) return guardrail->instance;
    }
    return nullptr;
}

}  // namespace

std::vector<std::shared_ptr<const Guardrail>> GuardrailBuilder::run(
    const plugin::Registry& registry) {
    std::vector<std::shared_ptr<const Guardrail>> guardrails;
    if (!loaded_.settings.guardrails.enabled) return guardrails;
    for (const config::GuardrailRule& rule : loaded_.settings.guardrails.rules) {
        auto guardrail = build(rule, registry);
        if (guardrail != nullptr) guardrails.push_back(std::move(guardrail));
    }
    std::sort(guardrails.begin(), guardrails.end(), [](const auto& a, const auto& b) {
        return std::tie(a->order, a->name) < std::tie(b->order, b->name);
    });
    return guardrails;
}

std::shared_ptr<const Guardrail> GuardrailBuilder::build(const config::GuardrailRule& rule,
                                                         const plugin::Registry& registry) {
    const plugin::Registered* const registered = find_plugin(rule, registry);
    if (registered == nullptr || !serves(rule, *registered->plugin)) return nullptr;
    const plugin::CheckedConfig checked =
        plugin::check_config(registered->plugin->config_schema, config_json(rule));
    if (!check(rule, checked) || !options_.create_instances) return nullptr;
    const auto instance = make_instance(*registered, rule.name, checked.json);
    if (!instance.ok()) {
        problems_.error(rule.where, rule.path, instance.error().message);
        return nullptr;
    }
    const std::string id = registered->plugin->id;
    Guardrail guardrail{rule.name, rule.type, rule.order, *instance};
    const auto& budgets = loaded_.settings.plugins.budgets;
    if (const auto budget = budgets.find(id); budget != budgets.end()) {
        guardrail.budget = budget->second;
    }
    guardrail.account = options_.ledger->account(id);
    return std::make_shared<const Guardrail>(std::move(guardrail));
}

const plugin::Registered* GuardrailBuilder::find_plugin(const config::GuardrailRule& rule,
                                                        const plugin::Registry& registry) {
    const plugin::Registered* const registered =
        registry.find(std::string(kGuardrailPrefix) + rule.type);
    if (registered != nullptr && std::string_view(registered->plugin->iface) == GM_GUARDRAIL) {
        return registered;
    }
    problems_.error(
        rule.where, rule.path + ".type",
        "no plugin provides guardrails of type \"" + rule.type + "\"; " + known_types(registry));
    return nullptr;
}

// A guardrail that is not shown all it has to see would let pass what it is there to stop.
bool GuardrailBuilder::serves(const config::GuardrailRule& rule, const gm_plugin_t& plugin) {
    const std::string what = std::string("the plugin ") + plugin.id;
    if ((plugin.flags & GM_GUARD_RESPONSE) != 0) {
        problems_.error(rule.where, rule.path + ".type",
                        what +
                            " watches answers (GM_GUARD_RESPONSE), which this gateway does not "
                            "show to guardrails: it can only use those that watch requests");
        return false;
    }
    if ((plugin.flags & GM_GUARD_REQUEST) == 0) {
        problems_.error(rule.where, rule.path + ".type",
                        what + " watches neither requests nor answers: it has no GM_GUARD_ flag");
        return false;
    }
    return true;
}

// What the plugin does not know is an error, too: a member with a typing error in it would guard
// nothing.
bool GuardrailBuilder::check(const config::GuardrailRule& rule,
                             const plugin::CheckedConfig& checked) {
    for (const plugin::SchemaProblem& problem : checked.problems) {
        const std::string key = rule.block + (problem.path.empty() ? "" : "." + problem.path);
        std::string where = loaded_.document.where(key);
        if (where.empty()) where = rule.where;
        problems_.error(where, key, problem.message);
    }
    return checked.problems.empty();
}

base::Result<std::shared_ptr<const plugin::Instance>> GuardrailBuilder::make_instance(
    const plugin::Registered& registered, const std::string& name, const std::string& config) {
    if (auto running = running_guardrail(previous_, registered.plugin, name, config)) {
        return running;
    }
    return plugin::Instance::create(
        registered.module, *registered.plugin, name, config, log_,
        std::chrono::steady_clock::now() + loaded_.settings.plugins.create_timeout, options_.stuck,
        options_.ledger->account(registered.plugin->id));
}

}  // namespace gomodel::gateway::guard
