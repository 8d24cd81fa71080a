// Calls of the last minutes are counted, older ones forgotten; an abandoned one says nothing.
#include "gateway/recent_calls.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(RecentCalls, CountsWhatTheProviderSays) {
    RecentCalls calls;
    const base::SteadyTime now{minutes(1000)};
    EXPECT_EQ(calls.figures(now).error_rate(), 0);
    calls.note(now, CallOutcome::kSuccess, milliseconds(10));
    calls.note(now, CallOutcome::kFailure, milliseconds(20));
    calls.note(now + minutes(1), CallOutcome::kBusy, milliseconds(30));
    calls.note(now + minutes(1), CallOutcome::kSuccess, milliseconds(40));
    calls.note(now, CallOutcome::kAbandoned, minutes(9));
    const RecentCalls::Figures figures = calls.figures(now + minutes(1));
    EXPECT_EQ(figures.calls, 4U);
    EXPECT_EQ(figures.errors, 2U);
    EXPECT_EQ(figures.error_rate(), 0.5);
    EXPECT_EQ(figures.average, milliseconds(25));
}

TEST(RecentCalls, ForgetsWhatIsOlderThanTheWindow) {
    RecentCalls calls;
    const base::SteadyTime now{minutes(1000)};
    calls.note(now, CallOutcome::kFailure, milliseconds(10));
    calls.note(now + minutes(2), CallOutcome::kSuccess, milliseconds(30));
    EXPECT_EQ(calls.figures(now + minutes(6)).calls, 1U);
    EXPECT_EQ(calls.figures(now + minutes(6)).average, milliseconds(30));
    EXPECT_EQ(calls.figures(now + minutes(60)).calls, 0U);
    // A slot that is used anew begins at nothing.
    calls.note(now + RecentCalls::kWindow, CallOutcome::kSuccess, milliseconds(50));
    EXPECT_EQ(calls.figures(now + RecentCalls::kWindow).errors, 0U);
    EXPECT_EQ(calls.figures(now + RecentCalls::kWindow).calls, 2U);
}

}  // namespace
}  // namespace gomodel::gateway
