#include "gateway/call_timer.hpp"

#include "gateway/request_context.hpp"

namespace gomodel::gateway {

CallTimer::CallTimer(const Provider& provider, LoopServices& services, PluginTimes* times)
    : provider_(&provider),
      services_(&services),
      clock_(&services.loop.clock()),
      account_(provider.account.get()),
      loop_(services.number),
      budget_(provider.budget.limit.count() > 0 ? provider.budget.limit : base::Duration::max()),
      spent_(times == nullptr ? nullptr : &times->of(account_->plugin())) {}

void CallTimer::breached(plugin::Function function, base::Duration took) {
    const auto warning = account_->over_budget(ended_, function, took);
    if (!warning.has_value()) return;
    services_->recorder.over_budget({account_, provider_->name, budget_}, *warning);
}

}  // namespace gomodel::gateway
