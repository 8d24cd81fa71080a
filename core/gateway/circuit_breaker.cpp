#include "gateway/circuit_breaker.hpp"

#include <algorithm>
#include <utility>

namespace gomodel::gateway {

std::string_view to_string(BreakerState state) {
    switch (state) {
        case BreakerState::kClosed:
            return "closed";
        case BreakerState::kOpen:
            return "open";
        case BreakerState::kHalfOpen:
            break;
    }
    return "half_open";
}

CircuitBreaker::Ticket::Ticket(Ticket&& other) noexcept
    : breaker_(std::exchange(other.breaker_, nullptr)),
      probe_(other.probe_),
      retry_after_(other.retry_after_) {}

CircuitBreaker::Ticket::~Ticket() {
    // An abandoned call moves no time.
    if (breaker_ != nullptr) breaker_->finished(probe_, CallOutcome::kAbandoned, {});
}

void CircuitBreaker::Ticket::finish(CallOutcome outcome, base::SteadyTime now) {
    CircuitBreaker* const breaker = std::exchange(breaker_, nullptr);
    if (breaker != nullptr) breaker->finished(probe_, outcome, now);
}

CircuitBreaker::Ticket CircuitBreaker::admit(base::SteadyTime now) {
    if (state() == BreakerState::kClosed) return {this, false, {}};
    const std::lock_guard lock(mutex_);
    if (state() == BreakerState::kClosed) return {this, false, {}};
    base::Duration left{};
    if (state() == BreakerState::kOpen) {
        const base::SteadyTime until = last_failure_ + rules_.timeout;
        if (now > until) {
            successes_ = 0;
            state_.store(BreakerState::kHalfOpen, std::memory_order_release);
        } else {
            left = until - now;
        }
    }
    if (state() == BreakerState::kHalfOpen && !probing_) {
        probing_ = true;
        return {this, true, {}};
    }
    rejections_.fetch_add(1, std::memory_order_relaxed);
    return {nullptr, false, left};
}

void CircuitBreaker::finished(bool probe, CallOutcome outcome, base::SteadyTime now) {
    if (probe) return probe_finished(outcome, now);
    switch (outcome) {
        case CallOutcome::kSuccess:
            // The usual case writes nothing that other loops read.
            if (failures_.load(std::memory_order_relaxed) != 0) {
                failures_.store(0, std::memory_order_relaxed);
            }
            return;
        case CallOutcome::kFailure:
            return failed(now);
        case CallOutcome::kBusy:
        case CallOutcome::kAbandoned:
            return;
    }
}

void CircuitBreaker::probe_finished(CallOutcome outcome, base::SteadyTime now) {
    const std::lock_guard lock(mutex_);
    probing_ = false;
    if (outcome == CallOutcome::kAbandoned || state() != BreakerState::kHalfOpen) return;
    if (outcome != CallOutcome::kSuccess) return open(now);
    if (++successes_ < rules_.success_threshold) return;
    failures_.store(0, std::memory_order_relaxed);
    state_.store(BreakerState::kClosed, std::memory_order_release);
}

// Of a call that is no probe: it may have begun long before the breaker opened.
void CircuitBreaker::failed(base::SteadyTime now) {
    if (rules_.failure_threshold <= 0) return;
    const std::lock_guard lock(mutex_);
    switch (state()) {
        case BreakerState::kClosed:
            if (failures_.fetch_add(1, std::memory_order_relaxed) + 1 >= rules_.failure_threshold) {
                open(now);
            }
            return;
        case BreakerState::kOpen:
        case BreakerState::kHalfOpen:
            return open(now);
    }
}

void CircuitBreaker::open(base::SteadyTime now) {
    last_failure_ = std::max(last_failure_, now);
    state_.store(BreakerState::kOpen, std::memory_order_release);
}

}  // namespace gomodel::gateway
