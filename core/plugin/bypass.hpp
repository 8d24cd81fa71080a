// Decides when a plugin that has exceeded its budget is left out, and when it has recovered: what
// `on_breach: bypass` means. For plugins a request can do without: a guardrail is skipped, a cache
// counts as a miss. One for each plugin, shared by all threads.
#pragma once

#include <cstdint>
#include <mutex>

#include "base/clock.hpp"

namespace gomodel::plugin {

// What a call changed.
enum class BypassChange : std::uint8_t { kNone, kLeftOut, kBack };

class Bypass {
public:
    static constexpr base::Duration kFirstPause = std::chrono::seconds(1);
    static constexpr base::Duration kLongestPause = std::chrono::minutes(1);

    // Whether to call the plugin now. While it is left out, one call in each pause is let through
    // to see whether it has recovered; the pause doubles each time it has not.
    bool may_call(base::SteadyTime now);
    // Reports a call: one within the budget brings the plugin back, one over it leaves it out.
    BypassChange called(base::SteadyTime now, base::Duration took, base::Duration budget);
    // True while it is left out, the call that tries it included.
    bool active() const;

private:
    mutable std::mutex mutex_;
    bool active_ = false;
    base::SteadyTime next_trial_{};
    base::Duration pause_ = kFirstPause;
};

}  // namespace gomodel::plugin
