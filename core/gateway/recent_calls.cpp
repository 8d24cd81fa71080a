#include "gateway/recent_calls.hpp"

namespace gomodel::gateway {

void RecentCalls::note(base::SteadyTime now, CallOutcome outcome, base::Duration elapsed) {
    if (outcome == CallOutcome::kAbandoned) return;
    const std::int64_t slice = slice_of(now);
    Slot& slot = slots_[static_cast<std::size_t>(slice) % kSlots];
    std::int64_t counted = slot.number.load(std::memory_order_acquire);
    if (counted != slice && slot.number.compare_exchange_strong(counted, slice)) {
        slot.calls = 0;
        slot.errors = 0;
        slot.nanoseconds = 0;
    }
    slot.calls.fetch_add(1, std::memory_order_relaxed);
    if (outcome != CallOutcome::kSuccess) slot.errors.fetch_add(1, std::memory_order_relaxed);
    slot.nanoseconds.fetch_add(elapsed.count(), std::memory_order_relaxed);
}

RecentCalls::Figures RecentCalls::figures(base::SteadyTime now) const {
    const std::int64_t newest = slice_of(now);
    Figures figures;
    std::int64_t nanoseconds = 0;
    for (const Slot& slot : slots_) {
        const std::int64_t slice = slot.number.load(std::memory_order_acquire);
        if (slice < 0 || newest - slice >= static_cast<std::int64_t>(kSlots)) continue;
        figures.calls += slot.calls.load(std::memory_order_relaxed);
        figures.errors += slot.errors.load(std::memory_order_relaxed);
        nanoseconds += slot.nanoseconds.load(std::memory_order_relaxed);
    }
    if (figures.calls > 0)
        figures.average = base::Duration(nanoseconds / static_cast<std::int64_t>(figures.calls));
    return figures;
}

}  // namespace gomodel::gateway
