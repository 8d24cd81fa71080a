// Time as a dependency: whoever needs it is given a Clock, so that a test can move it by hand and a
// request can be replayed. Steady time measures; wall time is only ever shown.
#pragma once

#include <chrono>

namespace gomodel::base {

using Duration = std::chrono::nanoseconds;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

class Clock {
public:
    virtual ~Clock() = default;
    virtual SteadyTime steady() const = 0;
    virtual WallTime wall() const = 0;
};

class SystemClock final : public Clock {
public:
    SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
    WallTime wall() const override { return std::chrono::system_clock::now(); }
};

}  // namespace gomodel::base
