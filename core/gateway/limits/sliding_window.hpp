// How much came in the span of time that ends now. The span is cut into slices that are dropped as
// a whole once they are past it, so that never more is forgotten than may be: in no span of that
// length can more come than a limit on used() allows. Steady time: a clock that is set does not
// disturb it. Not thread-safe; pure.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.hpp"

namespace gomodel::gateway::limits {

class SlidingWindow {
public:
    static constexpr std::int64_t kSlices = 60;

    explicit SlidingWindow(base::Duration span) : slice_(span / kSlices) {}

    std::int64_t used(base::SteadyTime now);
    // Returns the slice that it was added to.
    std::int64_t add(base::SteadyTime now, std::int64_t amount);
    // Changes by `delta` what was added to a slice, unless that is past the span already.
    void correct(base::SteadyTime now, std::int64_t slice, std::int64_t delta);
    // How long until no more than `most` of what is in the span now is left; 0: that is so.
    base::Duration until(base::SteadyTime now, std::int64_t most);

private:
    // The slices of the span, and the one that `now` is in.
    static constexpr std::int64_t kRing = kSlices + 1;

    std::int64_t number(base::SteadyTime time) const { return time.time_since_epoch() / slice_; }
    std::int64_t& at(std::int64_t slice) { return ring_[static_cast<std::size_t>(slice % kRing)]; }
    void move_to(std::int64_t slice);

    const base::Duration slice_;
    std::int64_t newest_ = 0;
    std::int64_t sum_ = 0;
    std::array<std::int64_t, kRing> ring_{};
};

}  // namespace gomodel::gateway::limits
