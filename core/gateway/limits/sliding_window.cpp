#include "gateway/limits/sliding_window.hpp"

#include <algorithm>

namespace gomodel::gateway::limits {

void SlidingWindow::move_to(std::int64_t slice) {
    if (slice <= newest_) return;
    if (slice - newest_ >= kRing) {
        ring_.fill(0);
        sum_ = 0;
    } else {
        for (std::int64_t each = newest_ + 1; each <= slice; ++each) {
            sum_ -= at(each);
            at(each) = 0;
        }
    }
    newest_ = slice;
}

std::int64_t SlidingWindow::used(base::SteadyTime now) {
    move_to(number(now));
    return sum_;
}

std::int64_t SlidingWindow::add(base::SteadyTime now, std::int64_t amount) {
    move_to(number(now));
    at(newest_) += amount;
    sum_ += amount;
    return newest_;
}

void SlidingWindow::correct(base::SteadyTime now, std::int64_t slice, std::int64_t delta) {
    move_to(number(now));
    if (newest_ - slice >= kRing) return;
    std::int64_t& amount = at(slice);
    const std::int64_t change = std::max(delta, -amount);
    amount += change;
    sum_ += change;
}

base::Duration SlidingWindow::until(base::SteadyTime now, std::int64_t most) {
    std::int64_t left = used(now);
    for (std::int64_t slice = newest_ - kSlices; left > most && slice <= newest_; ++slice) {
        if (slice < 0) continue;
        left -= at(slice);
        if (left <= most)
            return std::max(base::Duration((slice + kRing) * slice_) - now.time_since_epoch(),
                            base::Duration(0));
    }
    return {};
}

}  // namespace gomodel::gateway::limits
