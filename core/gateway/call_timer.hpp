// Times the calls into one provider's plugin: for the ledger, for the plugin's budget and for the
// request they are made for. Loop thread.
#pragma once

#include <utility>

#include "gateway/plugin_times.hpp"
#include "gateway/provider.hpp"

namespace gomodel::gateway {

struct LoopServices;

class CallTimer {
public:
    // times: nullptr when the calls are made for no client's request. All must outlive it.
    CallTimer(const Provider& provider, LoopServices& services, PluginTimes* times);

    // Makes the call and returns what it returns.
    template <typename Call>
    auto time(plugin::Function function, Call&& call) {
        began_ = clock_->steady();
        return time_on(function, std::forward<Call>(call));
    }
    // The same for a call that follows the last one at once: its beginning is the other's end.
    template <typename Call>
    auto time_next(plugin::Function function, Call&& call) {
        began_ = ended_;
        return time_on(function, std::forward<Call>(call));
    }

    plugin::Account& account() const { return *account_; }
    // Of the last call.
    base::SteadyTime began() const { return began_; }
    base::SteadyTime ended() const { return ended_; }

private:
    template <typename Call>
    auto time_on(plugin::Function function, Call&& call) {
        const auto result = call();
        ended_ = clock_->steady();
        note(function, ended_ - began_);
        return result;
    }
    void note(plugin::Function function, base::Duration took) {
        account_->called(loop_, function, took);
        if (spent_ != nullptr) *spent_ += took;
        if (took > budget_) breached(function, took);
    }
    void breached(plugin::Function function, base::Duration took);

    const Provider* provider_;
    LoopServices* services_;
    const base::Clock* clock_;
    plugin::Account* account_;
    std::size_t loop_;
    base::Duration budget_;
    base::Duration* spent_;
    base::SteadyTime began_{};
    base::SteadyTime ended_{};
};

}  // namespace gomodel::gateway
