#include "plugin/bypass.hpp"

#include <algorithm>

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
void Bypass::called(base::SteadyTime now, base::Duration took, base::Duration budget) {
    const std::lock_guard lock(mutex_);
    const bool good = took <= budget;
    const bool trial = active_ && now - took >= next_trial_ - pause_;
    if (active_ && !trial) return;
    if (good) {
        active_ = false;
        pause_ = kFirstPause;
        return;
    }
    if (trial) pause_ = std::min(2 * pause_, kLongestPause);
    active_ = true;
    next_trial_ = now + pause_;
}

bool Bypass::active() const {
    const std::lock_guard lock(mutex_);
    return active_;
}

}  // namespace gomodel::plugin
