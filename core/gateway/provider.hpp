// One configured provider of a generation: its plugin instance and what the host needs to know of
// it. Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/provider_instance.hpp"
#include "config/settings.hpp"
#include "gateway/circuit_breaker.hpp"
#include "gateway/recent_calls.hpp"
#include "plugin/instance.hpp"
#include "plugin/ledger.hpp"
#include "plugin/schema.hpp"

namespace gomodel::gateway {

struct Provider {
    std::string name;  // of the configuration entry
    std::string type;  // of the plugin
    std::shared_ptr<const plugin::Instance> instance;
    std::vector<config::ConfiguredModel> models;
    config::Resilience resilience;
    config::PluginBudget budget = {};
    // What its calls take is counted here. By default nobody reads it.
    std::shared_ptr<plugin::Account> account =
        std::make_shared<plugin::Account>("", plugin::Build::kCurrent, 1);

    // Which price each count in its `usage` has; null: as OpenAI's.
    std::shared_ptr<const std::vector<plugin::UsageField>> usage_fields = nullptr;
    // Shared with the generations before and after that have the same provider.
    std::shared_ptr<CircuitBreaker> breaker =
        std::make_shared<CircuitBreaker>(resilience.circuit_breaker);
    // Shared like the breaker.
    std::shared_ptr<RecentCalls> recent = std::make_shared<RecentCalls>();
    // As configured, for people; no secret in them. Empty: the plugin has none.
    std::string base_url = {};
    std::string api_version = {};

    bool can(std::uint64_t capability) const { return (instance->flags() & capability) != 0; }
};

}  // namespace gomodel::gateway
