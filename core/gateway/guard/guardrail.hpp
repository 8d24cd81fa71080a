// One guardrail of a generation: a rule of the configuration as an instance of its plugin.
// Immutable; any thread.
#pragma once

#include <memory>
#include <string>

#include "config/settings.hpp"
#include "plugin/instance.hpp"
#include "plugin/ledger.hpp"

namespace gomodel::gateway::guard {

struct Guardrail {
    std::string name;  // of the rule
    std::string type;  // of the plugin
    int order = 0;
    std::shared_ptr<const plugin::Instance> instance;
    config::PluginBudget budget = {};
    std::shared_ptr<plugin::Account> account = {};  // what its calls take is counted here

    // True iff its calls must not be made on a loop.
    bool blocks() const { return (instance->flags() & GM_GUARD_BLOCKING) != 0; }
};

}  // namespace gomodel::gateway::guard
