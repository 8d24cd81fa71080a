#include "gateway/limits/sliding_window.hpp"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace gomodel::gateway::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

base::SteadyTime at(base::Duration since) {
    return base::SteadyTime(std::chrono::hours(5) + since);
}

TEST(SlidingWindow, ForgetsWhatIsPastTheSpan) {
    SlidingWindow window(minutes(1));
    window.add(at(seconds(0)), 3);
    window.add(at(seconds(30)), 4);
    EXPECT_EQ(window.used(at(seconds(59))), 7);
    EXPECT_EQ(window.used(at(milliseconds(60'999))), 7);  // the slice may reach into the span
    EXPECT_EQ(window.used(at(seconds(61))), 4);
    EXPECT_EQ(window.used(at(seconds(91))), 0);
    window.add(at(minutes(10)), 5);
    EXPECT_EQ(window.used(at(minutes(10))), 5);
    EXPECT_EQ(window.used(at(minutes(20))), 0);
}

TEST(SlidingWindow, TellsWhenEnoughIsGone) {
    SlidingWindow window(minutes(1));
    window.add(at(seconds(0)), 2);
    window.add(at(seconds(10)), 2);
    EXPECT_EQ(window.until(at(seconds(10)), 4), seconds(0));
    EXPECT_EQ(window.until(at(seconds(10)), 3), seconds(51));
    EXPECT_EQ(window.until(at(seconds(10)), 2), seconds(51));
    EXPECT_EQ(window.until(at(seconds(10)), 1), seconds(61));
    EXPECT_EQ(window.until(at(seconds(20)), 0), seconds(51));
    EXPECT_EQ(window.used(at(seconds(10) + window.until(at(seconds(10)), 3))), 2);
}

TEST(SlidingWindow, IsCorrectedWhereItWasAddedTo) {
    SlidingWindow window(minutes(1));
    const std::int64_t slice = window.add(at(seconds(0)), 100);
    window.add(at(seconds(40)), 1);
    window.correct(at(seconds(41)), slice, -90);
    EXPECT_EQ(window.used(at(seconds(41))), 11);
    window.correct(at(seconds(42)), slice, -90);  // there is no less than nothing
    EXPECT_EQ(window.used(at(seconds(42))), 1);
    window.correct(at(seconds(70)), slice, 50);  // nobody remembers
    EXPECT_EQ(window.used(at(seconds(70))), 1);
}

TEST(SlidingWindow, TimesOfOtherLoopsMayBeALittleOlder) {
    SlidingWindow window(minutes(1));
    window.add(at(seconds(10)), 1);
    const std::int64_t slice = window.add(at(seconds(8)), 5);
    EXPECT_EQ(window.used(at(seconds(8))), 6);
    window.correct(at(seconds(9)), slice, -5);
    EXPECT_EQ(window.used(at(seconds(10))), 1);
}

// Whoever takes what used() leaves never gets more than the limit in any span.
TEST(SlidingWindow, NoSpanHoldsMoreThanTheLimit) {
    constexpr std::int64_t kLimit = 10;
    const base::Duration span = minutes(1);
    SlidingWindow window(span);
    std::mt19937 random(7);
    std::vector<base::Duration> taken;
    base::Duration now{};
    for (int i = 0; i < 20'000; ++i) {
        now += milliseconds(random() % 2000);
        if (window.used(at(now)) >= kLimit) {
            const base::Duration wait = window.until(at(now), kLimit - 1);
            ASSERT_GT(wait.count(), 0);
            SlidingWindow then = window;
            ASSERT_LT(then.used(at(now + wait)), kLimit);
            continue;
        }
        window.add(at(now), 1);
        taken.push_back(now);
    }
    ASSERT_GT(taken.size(), 1000U);
    for (std::size_t i = kLimit; i < taken.size(); ++i)
        ASSERT_GE(taken[i] - taken[i - kLimit], span) << i;
}

}  // namespace
}  // namespace gomodel::gateway::limits
