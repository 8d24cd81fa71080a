// A clock that a test moves by hand.
#pragma once

#include "base/clock.hpp"

namespace gomodel::tests {

class ManualClock final : public base::Clock {
public:
    base::SteadyTime steady() const override { return base::SteadyTime(elapsed_); }
    base::WallTime wall() const override { return base::WallTime(elapsed_ + jumped_); }
    void advance(base::Duration by) { elapsed_ += by; }
    // Somebody sets the time of day.
    void jump(base::Duration by) { jumped_ += by; }

private:
    base::Duration elapsed_ = std::chrono::hours(2);
    base::Duration jumped_{};
};

}  // namespace gomodel::tests
