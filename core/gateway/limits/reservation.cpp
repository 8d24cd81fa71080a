#include <algorithm>
#include <utility>

#include "gateway/limits/limits.hpp"

namespace gomodel::gateway::limits {

Reservation::~Reservation() {
    // Nobody recorded the request, which then was none.
    if (!settled_) {
        for (const auto& budget : budgets_)
            budget->settle(cost_, std::nullopt, {});
    }
    free_slots();
}

void Reservation::free_slots() {
    for (HeldRate& held : rates_)
        free_slot(held);
}

void Reservation::free_slot(HeldRate& held) {
    if (!std::exchange(held.has_slot, false)) return;
    const std::lock_guard lock(held.meter->mutex);
    --held.meter->running;
}

void Reservation::settle(HeldRate& held, std::int64_t tokens, base::SteadyTime now) {
    if (!held.counts_tokens || tokens == held.tokens) return;
    const std::lock_guard lock(held.meter->mutex);
    SlidingWindow& window = held.meter->tokens;
    if (tokens > held.tokens) {
        window.add(now, tokens - held.tokens);
    } else {
        window.correct(now, held.slice, tokens - held.tokens);
    }
    held.tokens = tokens;
}

void Reservation::settle(std::int64_t tokens, std::optional<double> cost, const Times& now) {
    if (std::exchange(settled_, true)) return;
    for (HeldRate& held : rates_)
        settle(held, tokens, now.steady);
    for (const auto& budget : budgets_)
        budget->settle(cost_, cost, now.wall);
}

}  // namespace gomodel::gateway::limits
