#include "gateway/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/manual_clock.hpp"

namespace gomodel::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CircuitBreakerTest : public testing::Test {
protected:
    CircuitBreakerTest() : breaker_({3, 2, seconds(30)}) {}

    bool call(CallOutcome outcome) {
        CircuitBreaker::Ticket ticket = breaker_.admit(clock_.steady());
        if (!ticket.admitted()) return false;
        ticket.finish(outcome, clock_.steady());
        return true;
    }
    void open() {
        for (int i = 0; i < 3; ++i)
            EXPECT_TRUE(call(CallOutcome::kFailure));
        EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
    }
    void wait_out() { clock_.advance(seconds(30) + milliseconds(1)); }

    tests::ManualClock clock_;
    CircuitBreaker breaker_;
};

TEST_F(CircuitBreakerTest, OpensAfterSoManyFailuresInARow) {
    EXPECT_TRUE(call(CallOutcome::kFailure));
    EXPECT_TRUE(call(CallOutcome::kFailure));
    EXPECT_TRUE(call(CallOutcome::kSuccess));
    EXPECT_TRUE(call(CallOutcome::kFailure));
    EXPECT_TRUE(call(CallOutcome::kFailure));
    EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
    EXPECT_TRUE(call(CallOutcome::kFailure));
    EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
    EXPECT_FALSE(call(CallOutcome::kSuccess));
    EXPECT_EQ(breaker_.rejections(), 1U);
}

TEST_F(CircuitBreakerTest, BusyAndAbandonedCallsCountForNothingWhileClosed) {
    EXPECT_TRUE(call(CallOutcome::kFailure));
    EXPECT_TRUE(call(CallOutcome::kFailure));
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(call(CallOutcome::kBusy));
        EXPECT_TRUE(call(CallOutcome::kAbandoned));
    }
    EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
    EXPECT_TRUE(call(CallOutcome::kFailure));  // the third in a row still
    EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
}

TEST_F(CircuitBreakerTest, AThresholdOfZeroNeverOpens) {
    CircuitBreaker never({0, 2, seconds(30)});
    for (int i = 0; i < 100; ++i) {
        CircuitBreaker::Ticket ticket = never.admit(clock_.steady());
        ASSERT_TRUE(ticket.admitted());
        ticket.finish(CallOutcome::kFailure, clock_.steady());
    }
    EXPECT_EQ(never.state(), BreakerState::kClosed);
}

TEST_F(CircuitBreakerTest, TellsHowLongItStaysOpen) {
    open();
    clock_.advance(seconds(10));
    EXPECT_EQ(breaker_.admit(clock_.steady()).retry_after(), seconds(20));
    clock_.advance(seconds(20));
    EXPECT_FALSE(breaker_.admit(clock_.steady()).admitted());  // strictly more has to pass
    clock_.advance(milliseconds(1));
    EXPECT_TRUE(breaker_.admit(clock_.steady()).admitted());
}

TEST_F(CircuitBreakerTest, LateFailuresKeepItOpenForLonger) {
    CircuitBreaker::Ticket late = breaker_.admit(clock_.steady());
    open();
    clock_.advance(seconds(20));
    late.finish(CallOutcome::kFailure, clock_.steady());
    clock_.advance(seconds(20));
    EXPECT_FALSE(call(CallOutcome::kSuccess));
    clock_.advance(seconds(11));
    EXPECT_TRUE(call(CallOutcome::kSuccess));
}

TEST_F(CircuitBreakerTest, ProbesOneAtATime) {
    open();
    wait_out();
    CircuitBreaker::Ticket probe = breaker_.admit(clock_.steady());
    EXPECT_TRUE(probe.admitted());
    EXPECT_TRUE(probe.probe());
    EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
    EXPECT_FALSE(breaker_.admit(clock_.steady()).admitted());
    probe.finish(CallOutcome::kSuccess, clock_.steady());
    EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
    EXPECT_TRUE(call(CallOutcome::kSuccess));
    EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
}

TEST_F(CircuitBreakerTest, AProbeThatFailsOrIsTurnedAwayReopens) {
    for (const CallOutcome bad : {CallOutcome::kFailure, CallOutcome::kBusy}) {
        CircuitBreaker breaker({1, 2, seconds(30)});
        breaker.admit(clock_.steady()).finish(CallOutcome::kFailure, clock_.steady());
        wait_out();
        breaker.admit(clock_.steady()).finish(bad, clock_.steady());
        EXPECT_EQ(breaker.state(), BreakerState::kOpen);
        EXPECT_FALSE(breaker.admit(clock_.steady()).admitted());
        wait_out();
        EXPECT_TRUE(breaker.admit(clock_.steady()).admitted());
    }
}

TEST_F(CircuitBreakerTest, AProbeThatNobodyFinishesLetsTheNextOneTry) {
    open();
    wait_out();
    { const CircuitBreaker::Ticket lost = breaker_.admit(clock_.steady()); }
    EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
    EXPECT_TRUE(call(CallOutcome::kAbandoned));
    EXPECT_TRUE(call(CallOutcome::kSuccess));
    EXPECT_TRUE(call(CallOutcome::kSuccess));
    EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
}

TEST_F(CircuitBreakerTest, AdmitsOneProbeHoweverManyThreadsAsk) {
    open();
    wait_out();
    std::atomic<int> admitted{0};
    std::atomic<int> asked{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            const CircuitBreaker::Ticket ticket = breaker_.admit(clock_.steady());
            if (ticket.admitted()) ++admitted;
            ++asked;
            while (asked < 4)
                std::this_thread::yield();  // nobody gives a ticket back before all have asked
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(admitted, 1);
}

}  // namespace
}  // namespace gomodel::gateway
