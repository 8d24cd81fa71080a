#include "gateway/limits/budget_meter.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway::limits {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::WallTime kMidnight{hours(24 * 20'000)};

base::WallTime at(base::Duration since) {
    return kMidnight + since;
}

// One that the storage was asked for at 10:00.
class ABudgetMeter : public testing::Test {
protected:
    ABudgetMeter() : meter(kDay, {}, {}, at(hours(10))) {}

    void seed(std::optional<double> spent) {
        meter.correct(meter.question(at(hours(10))), spent, at(hours(10)));
    }
    void spend(double cost, base::Duration when) { meter.settle(0, cost, at(when)); }
    double spent(base::Duration when) { return meter.read(at(when)).spent; }

    BudgetMeter meter;
};

TEST_F(ABudgetMeter, KnowsNothingBeforeTheStorageWasAsked) {
    EXPECT_FALSE(meter.read(at(hours(10))).known);
    seed(std::nullopt);
    const BudgetMeter::Reading reading = meter.read(at(hours(10)));
    EXPECT_TRUE(reading.known);
    EXPECT_FALSE(reading.has_usage);
    EXPECT_EQ(reading.spent, 0);
    EXPECT_EQ(reading.window.start, kMidnight);
    EXPECT_EQ(reading.window.end, at(hours(24)));
}

TEST_F(ABudgetMeter, AddsWhatRequestsCostToWhatTheStorageHas) {
    seed(2.5);
    {
        const std::lock_guard lock(meter.mutex());
        meter.reserve_locked(1);
    }
    EXPECT_EQ(meter.read(at(hours(11))).reserved, 1);
    meter.settle(1, 0.25, at(hours(11)));
    const BudgetMeter::Reading reading = meter.read(at(hours(11)));
    EXPECT_EQ(reading.spent, 2.75);
    EXPECT_EQ(reading.reserved, 0);
    EXPECT_TRUE(reading.has_usage);
}

TEST_F(ABudgetMeter, ARequestWithoutAPriceIsNoUsage) {
    seed(std::nullopt);
    meter.settle(0, std::nullopt, at(hours(11)));
    EXPECT_FALSE(meter.read(at(hours(11))).has_usage);
}

// What is not in the storage yet when it is asked stays counted, what is is not counted twice.
TEST_F(ABudgetMeter, IsCorrectedWithoutLosingWhatIsUnderWay) {
    seed(1);
    {
        const std::lock_guard lock(meter.mutex());
        meter.reserve_locked(7);
    }
    spend(2, hours(11));
    const BudgetMeter::Question first = meter.question(at(hours(11) + minutes(1)));
    EXPECT_EQ(first.start, kMidnight);
    EXPECT_EQ(first.cut, at(hours(10)));
    spend(4, hours(11) + minutes(1));
    meter.correct(first, 1.5, at(hours(11) + minutes(2)));  // another gateway has spent, too
    EXPECT_EQ(spent(hours(11) + minutes(2)), 7.5);
    EXPECT_EQ(meter.read(at(hours(12))).reserved, 7);

    const BudgetMeter::Question second = meter.question(at(hours(12)));
    EXPECT_EQ(second.cut, at(hours(11) + minutes(2)));
    spend(8, hours(12));
    meter.correct(second, 7.5, at(hours(12)));
    EXPECT_EQ(spent(hours(12)), 15.5);
}

TEST_F(ABudgetMeter, AnAnswerToAnOldQuestionIsNotTaken) {
    seed(1);
    const BudgetMeter::Question yesterday = meter.question(at(hours(23)));
    spend(3, hours(25));
    meter.correct(yesterday, 100, at(hours(25)));
    EXPECT_EQ(spent(hours(25)), 3);
    const BudgetMeter::Question now = meter.question(at(hours(26)));
    meter.correct(now, 5, at(hours(26)));
    meter.correct(now, 50, at(hours(26)));
    EXPECT_EQ(spent(hours(26)), 8);
}

TEST_F(ABudgetMeter, BeginsAnewWithTheNextWindow) {
    seed(9);
    EXPECT_EQ(spent(hours(24) - seconds(1)), 9);
    EXPECT_EQ(spent(hours(24)), 0);
    EXPECT_TRUE(meter.read(at(hours(24))).known);
    spend(1, hours(24) - seconds(1));  // recorded in the one before
    EXPECT_EQ(spent(hours(24)), 0);
}

TEST_F(ABudgetMeter, AResetBeginsItAnew) {
    seed(9);
    meter.configure({}, at(hours(12)), at(hours(12)));
    BudgetMeter::Reading reading = meter.read(at(hours(12)));
    EXPECT_EQ(reading.spent, 0);
    EXPECT_TRUE(reading.known);
    EXPECT_EQ(reading.window.start, at(hours(12)));
    EXPECT_EQ(reading.window.end, at(hours(24)));
    EXPECT_EQ(meter.question(at(hours(13))).start, at(hours(12)));
    meter.configure({}, at(hours(12)), at(hours(13)));
    spend(1, hours(13));
    EXPECT_EQ(spent(hours(13)), 1);
}

TEST_F(ABudgetMeter, AnotherAnchorHasToBeAskedFor) {
    seed(9);
    BudgetSettings settings;
    settings.daily_reset_hour = 6;
    meter.configure(settings, {}, at(hours(12)));
    EXPECT_FALSE(meter.read(at(hours(12))).known);
    const BudgetMeter::Question question = meter.question(at(hours(12)));
    EXPECT_EQ(question.start, at(hours(6)));
    meter.correct(question, 4, at(hours(12)));
    EXPECT_EQ(spent(hours(12)), 4);
}

// A clock that is set forth ends the window; one that is set back is found out when the storage is
// asked, and what is true then is asked for.
TEST_F(ABudgetMeter, FollowsAClockThatIsSet) {
    seed(9);
    EXPECT_EQ(spent(hours(30)), 0);
    EXPECT_EQ(spent(hours(11)), 0);
    const BudgetMeter::Question question = meter.question(at(hours(11)));
    EXPECT_EQ(question.start, kMidnight);
    EXPECT_EQ(question.cut, at(hours(11)));
    EXPECT_FALSE(meter.read(at(hours(11))).known);
    spend(1, hours(11) + seconds(1));
    meter.correct(question, 9, at(hours(11) + seconds(2)));
    EXPECT_EQ(spent(hours(11) + seconds(2)), 10);
}

}  // namespace
}  // namespace gomodel::gateway::limits
