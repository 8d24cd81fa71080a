#include "plugin/bypass.hpp"

#include <algorithm>
#include <utility>

namespace gomodel::plugin {

bool Bypass::may_call(base::SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (!active_) return true;
    if (now < next_trial_) return false;
    next_trial_ = now + pause_;  // nobody else tries before this one could have reported
    return true;
}

// Calls that began before the plugin was left out may end in any order and say nothing new: only
// one that began after it is a trial.
BypassChange Bypass::called(base::SteadyTime now, base::Duration took, base::Duration budget) {
    const std::lock_guard lock(mutex_);
    const bool good = took <= budget;
    const bool trial = active_ && now - took >= next_trial_ - pause_;
    if (active_ && !trial) return BypassChange::kNone;
    if (good) {
        pause_ = kFirstPause;
        return std::exchange(active_, false) ? BypassChange::kBack : BypassChange::kNone;
    }
    if (trial) pause_ = std::min(2 * pause_, kLongestPause);
    next_trial_ = now + pause_;
    return std::exchange(active_, true) ? BypassChange::kNone : BypassChange::kLeftOut;
}

bool Bypass::active() const {
    const std::lock_guard lock(mutex_);
    return active_;
}

}  // namespace gomodel::plugin
