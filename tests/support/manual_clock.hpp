// A clock that a test moves by hand.
#pragma once

#include "base/clock.hpp"

namespace gomodel::tests {

class ManualClock final : public base::Clock {
public:
    base::SteadyTime steady() const override { return base::SteadyTime(elapsed_); }
    base::WallTime wall() const override { return base::WallTime(elapsed_); }
    void advance(base::Duration by) { elapsed_ += by; }

private:
    base::Duration elapsed_ = std::chrono::hours(1);
};

}  // namespace gomodel::tests
