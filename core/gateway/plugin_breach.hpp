// What the log says of plugins that exceed their budgets (plugins.budgets), whatever their kind and
// whichever thread saw it. Any thread.
#pragma once

#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "plugin/ledger.hpp"

namespace gomodel::gateway {

// Whose calls took longer than they may.
struct PluginBreach {
    const plugin::Account* account = nullptr;
    std::string_view instance;  // the configuration's name for it
    base::Duration budget{};
};

void log_over_budget(base::Log& log, const PluginBreach& breach, const plugin::OverBudget& calls);
// It is left out from now on, or is called again; nothing for kNone.
void log_bypass_change(base::Log& log, const plugin::Account& account, plugin::BypassChange change);

}  // namespace gomodel::gateway
