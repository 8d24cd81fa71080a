#include "gateway/limits/budget_meter.hpp"

#include <algorithm>
#include <utility>

namespace gomodel::gateway::limits {

BudgetMeter::BudgetMeter(std::int64_t period_seconds, const BudgetSettings& settings,
                         std::optional<base::WallTime> last_reset, base::WallTime now)
    : period_seconds_(period_seconds),
      settings_(settings),
      last_reset_(last_reset),
      window_(budget_window(period_seconds, settings, now, last_reset)),
      cut_(now) {}

void BudgetMeter::begin(const BudgetWindow& window) {
    window_ = window;
    before_ = 0;
    since_ = 0;
    usage_before_ = false;
    usage_since_ = false;
}

// Into the next window, once it is there. Not back into one before: a clock that was set back is
// found out by question().
void BudgetMeter::roll(base::WallTime now) {
    if (now < window_.end) return;
    begin(budget_window(period_seconds_, settings_, now, last_reset_));
}

BudgetMeter::Reading BudgetMeter::read_locked(base::WallTime now) {
    roll(now);
    return {window_, before_ + since_, std::max(reserved_, 0.0), usage_before_ || usage_since_,
            known_};
}

BudgetMeter::Reading BudgetMeter::read(base::WallTime now) {
    const std::lock_guard lock(mutex_);
    return read_locked(now);
}

void BudgetMeter::settle(double reserved, std::optional<double> cost, base::WallTime when) {
    const std::lock_guard lock(mutex_);
    reserved_ -= reserved;
    if (!cost) return;
    roll(when);
    if (when < window_.start) return;
    const bool before = when < cut_;
    (before ? before_ : since_) += *cost;
    (before ? usage_before_ : usage_since_) = true;
}

void BudgetMeter::configure(const BudgetSettings& settings,
                            std::optional<base::WallTime> last_reset, base::WallTime now) {
    const std::lock_guard lock(mutex_);
    if (settings == settings_ && last_reset == last_reset_) return;
    settings_ = settings;
    last_reset_ = last_reset;
    const BudgetWindow window = budget_window(period_seconds_, settings, now, last_reset);
    if (window == window_) return;
    begin(window);
    cut_ = now;
    // After a reset nothing was spent yet; in another window something may have been.
    if (last_reset != window.start) known_ = false;
}

BudgetMeter::Question BudgetMeter::question(base::WallTime now) {
    const std::lock_guard lock(mutex_);
    roll(now);
    const BudgetWindow window = budget_window(period_seconds_, settings_, now, last_reset_);
    if (window.start < window_.start) {  // the clock was set back
        begin(window);
        known_ = false;
    }
    if (!known_ || cut_ > now) make_cut(now);
    return {window_.start, cut_};
}

void BudgetMeter::correct(const Question& asked, std::optional<double> spent, base::WallTime now) {
    const std::lock_guard lock(mutex_);
    if (asked.cut != cut_ || asked.start != window_.start) return;
    before_ = spent.value_or(0);
    usage_before_ = spent.has_value();
    known_ = true;
    make_cut(now);
}

// What has come since the last one now counts as what was before.
void BudgetMeter::make_cut(base::WallTime now) {
    before_ += std::exchange(since_, 0);
    usage_before_ |= std::exchange(usage_since_, false);
    cut_ = now;
}

}  // namespace gomodel::gateway::limits
