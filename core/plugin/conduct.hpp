// Stands between the gateway and what a plugin may do wrong: exceptions, statuses that are none,
// writing when it is not asked to. What is seen is noted in the plugin's account.
#pragma once

#include <atomic>
#include <utility>

#include "base/thread_role.hpp"
#include "plugin/call.hpp"
#include "plugin/ledger.hpp"

namespace gomodel::plugin {

// Makes a call. What it throws becomes GM_INTERNAL, explained.
template <typename Function>
gm_status_t guarded(Account& account, const Call& call, Function&& function) {
    gm_status_t status = GM_INTERNAL;
    try {
        status = std::forward<Function>(function)();
    } catch (...) {
        account.misbehaved(Rule::kException);
        call.get()->explain(call.get(), to_abi("it threw an exception"));
        return GM_INTERNAL;
    }
    if (status < GM_OK || status > GM_INTERNAL) account.misbehaved(Rule::kStatus);
    return status;
}

// The same of a function that cannot fail.
template <typename Function>
void guarded(Account& account, Function&& function) noexcept {
    try {
        std::forward<Function>(function)();
    } catch (...) {
        account.misbehaved(Rule::kException);
    }
}

// A call that may block has returned. So much later than it had to that it was not the scheduler.
inline void note_return(Account& account, base::SteadyTime deadline, base::SteadyTime now) {
    constexpr base::Duration kGrace = std::chrono::seconds(5);
    if (now - kGrace > deadline) account.misbehaved(Rule::kDeadline);
}

// While a call runs that may block, its account knows of it; and of one that returns too late.
class BlockingCall {
public:
    explicit BlockingCall(Account& account, base::SteadyTime deadline = base::SteadyTime::max())
        : account_(account), deadline_(deadline) {
        account_.entered();
    }
    ~BlockingCall() {
        account_.returned();
        note_return(account_, deadline_, std::chrono::steady_clock::now());
    }
    BlockingCall(const BlockingCall&) = delete;
    BlockingCall& operator=(const BlockingCall&) = delete;

private:
    Account& account_;
    const base::SteadyTime deadline_;
};

// When a plugin may write into something of the host: while the call runs that it was given for,
// and on that call's thread.
class WriteWindow {
public:
    class Open {
    public:
        explicit Open(WriteWindow& window) : window_(window) {
            window_.thread_.store(base::this_thread(), std::memory_order_relaxed);
        }
        ~Open() { window_.thread_.store(nullptr, std::memory_order_relaxed); }
        Open(const Open&) = delete;
        Open& operator=(const Open&) = delete;

    private:
        WriteWindow& window_;
    };

    // Whether it may now; what may not is noted. Any thread.
    bool admits(Account& account) const {
        const void* const thread = thread_.load(std::memory_order_relaxed);
        if (thread == base::this_thread()) return true;
        account.misbehaved(thread == nullptr ? Rule::kLateWrite : Rule::kWrongThread);
        return false;
    }

private:
    std::atomic<const void*> thread_ = nullptr;
};

}  // namespace gomodel::plugin
