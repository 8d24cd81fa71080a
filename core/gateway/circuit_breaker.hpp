// Keeps calls from a provider that keeps failing: closed, calls pass; open, they are refused; half
// open, one at a time may try whether it works again. One a provider, shared by all loops and by
// the generations that keep the provider. Any thread; while it is closed no call takes a lock.
#pragma once

#include <atomic>
#include <mutex>
#include <string_view>

#include "base/clock.hpp"
#include "config/resilience.hpp"

namespace gomodel::gateway {

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };

std::string_view to_string(BreakerState state);  // "closed", "open", "half_open"

// How a logical call, all its tries together, ended.
enum class CallOutcome : std::uint8_t {
    kSuccess,    // the provider answered, be it that the request is wrong
    kFailure,    // it did not, or said that it cannot
    kBusy,       // 429: says nothing of its health, but a probe has to do better
    kAbandoned,  // it was never known: the client left
};

class CircuitBreaker {
public:
    explicit CircuitBreaker(const config::CircuitBreaker& rules) : rules_(rules) {}

    // A call's permission. Has to be told how the call ended; if it is not, the call counts as
    // abandoned. Not to be kept beyond the breaker.
    class Ticket {
    public:
        Ticket(Ticket&& other) noexcept;
        Ticket& operator=(Ticket&&) = delete;
        ~Ticket();
        // False: the breaker is open, do not call.
        bool admitted() const { return breaker_ != nullptr; }
        // The call tries whether the provider works again; it should be tried once only.
        bool probe() const { return probe_; }
        // How long until a call may be admitted. Of a ticket that is not admitted.
        base::Duration retry_after() const { return retry_after_; }
        void finish(CallOutcome outcome, base::SteadyTime now);

    private:
        friend class CircuitBreaker;
        Ticket(CircuitBreaker* breaker, bool probe, base::Duration retry_after)
            : breaker_(breaker), probe_(probe), retry_after_(retry_after) {}

        CircuitBreaker* breaker_;  // nullptr: nothing to be told
        bool probe_;
        base::Duration retry_after_;
    };

    Ticket admit(base::SteadyTime now);

    BreakerState state() const { return state_.load(std::memory_order_acquire); }
    std::uint64_t rejections() const { return rejections_.load(std::memory_order_relaxed); }
    const config::CircuitBreaker& rules() const { return rules_; }

private:
    void finished(bool probe, CallOutcome outcome, base::SteadyTime now);
    void probe_finished(CallOutcome outcome, base::SteadyTime now);
    void failed(base::SteadyTime now);
    void open(base::SteadyTime now);

    const config::CircuitBreaker rules_;
    std::atomic<BreakerState> state_{BreakerState::kClosed};
    std::atomic<int> failures_{0};  // in a row, while closed
    std::atomic<std::uint64_t> rejections_{0};
    std::mutex mutex_;
    base::SteadyTime last_failure_{};
    int successes_ = 0;     // of probes, since it was half open
    bool probing_ = false;  // a probe is under way
};

}  // namespace gomodel::gateway
