#include "gateway/plugin_breach.hpp"

#include <chrono>
#include <cstdint>

namespace gomodel::gateway {

void log_over_budget(base::Log& log, const PluginBreach& breach, const plugin::OverBudget& calls) {
    const auto milliseconds = [](base::Duration duration) {
        return std::chrono::duration<double, std::milli>(duration).count();
    };
    log.warn("a plugin takes longer than its budget",
             {{"plugin", std::string_view(breach.account->plugin())},
              {"build", to_string(breach.account->build())},
              {"instance", breach.instance},
              {"calls", static_cast<std::int64_t>(calls.calls)},
              {"function", to_string(calls.function)},
              {"worst_ms", milliseconds(calls.worst)},
              {"budget_ms", milliseconds(breach.budget)}});
}

void log_bypass_change(base::Log& log, const plugin::Account& account,
                       plugin::BypassChange change) {
    const std::string_view plugin = account.plugin();
    if (change == plugin::BypassChange::kLeftOut) {
        log.warn("a plugin is left out until it keeps to its budget", {{"plugin", plugin}});
    } else if (change == plugin::BypassChange::kBack) {
        log.info("a plugin keeps to its budget again and is back", {{"plugin", plugin}});
    }
}

}  // namespace gomodel::gateway
