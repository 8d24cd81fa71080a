// How the calls to a provider went in the last minutes, for people: how many there were, how many
// of them failed, how long they took. Shared by all loops and by the generations that keep the
// provider. Any thread; nothing takes a lock, and a count that comes in the very moment its slot is
// used anew may be missed.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/clock.hpp"
#include "gateway/circuit_breaker.hpp"

namespace gomodel::gateway {

class RecentCalls {
public:
    static constexpr base::Duration kWindow = std::chrono::minutes(5);

    struct Figures {
        std::uint64_t calls = 0;
        std::uint64_t errors = 0;
        base::Duration average{};  // until the head of the answer

        double error_rate() const {
            return calls == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(calls);
        }
    };

    // A call, all its tries together, has ended. One that was abandoned says nothing.
    void note(base::SteadyTime now, CallOutcome outcome, base::Duration elapsed);
    // Of the last kWindow.
    Figures figures(base::SteadyTime now) const;

private:
    static constexpr std::size_t kSlots = 10;
    static constexpr base::Duration kSlot = kWindow / kSlots;

    struct Slot {
        std::atomic<std::int64_t> number{-1};  // of the slice of time that it counts
        std::atomic<std::uint64_t> calls{0};
        std::atomic<std::uint64_t> errors{0};
        std::atomic<std::int64_t> nanoseconds{0};
    };

    static std::int64_t slice_of(base::SteadyTime time) { return time.time_since_epoch() / kSlot; }

    std::array<Slot, kSlots> slots_;
};

}  // namespace gomodel::gateway
