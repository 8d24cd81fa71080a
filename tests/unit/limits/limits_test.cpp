#include "gateway/limits/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace gomodel::gateway::limits {
namespace {

using config::LimitScope;
using config::RateLimit;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr base::WallTime kNow{hours(24 * 20'000 + 10)};

Times times(base::Duration since) {
    return {base::SteadyTime(hours(3) + since), kNow + since};
}

const Subject kSubject{"key-1", "/team/alpha", "main", "gpt", "main/gpt"};

RateLimit rate(LimitScope scope, std::string match, std::int64_t requests, std::int64_t tokens = 0,
               std::int64_t concurrency = 0) {
    return {scope, std::move(match), requests, tokens, concurrency};
}

// Limits with a request's steps in one call.
struct Fixture {
    Limits limits;
    RateLimits rates;

    explicit Fixture(const std::vector<RateLimit>& wanted) : rates(limits.with_meters(wanted)) {}

    std::optional<Refusal> reserve(Reservation& reservation, const Times& now,
                                   const Estimate& estimate = {}, const Subject& who = kSubject) {
        return limits.reserve(limits.match(&rates, who, true, now.steady), estimate, now,
                              reservation);
    }
    // The message of a refusal; empty: admitted, and over at once.
    std::string once(const Times& now, const Estimate& estimate = {},
                     const Subject& who = kSubject) {
        Reservation reservation;
        const auto refusal = reserve(reservation, now, estimate, who);
        if (!refusal) reservation.settle(estimate.tokens, estimate.cost, now);
        return refusal ? refusal->message : std::string();
    }
    // Publishes budgets that nothing was spent of.
    void budgets(std::vector<Budget> wanted) {
        limits.publish(std::move(wanted), {}, kNow);
        for (const MeteredBudget& each : *limits.budgets())
            each.meter->correct(each.meter->question(kNow), std::nullopt, kNow);
    }
};

TEST(Limits, WithoutAnyNothingMatches) {
    Limits limits;
    EXPECT_TRUE(limits.match(nullptr, kSubject, true, {}).empty());
    limits.publish({}, {}, kNow);
    EXPECT_FALSE(limits.has_budgets());
    EXPECT_TRUE(limits.match(nullptr, kSubject, true, {}).empty());
}

TEST(Limits, MatchWhomTheyAreFor) {
    const struct {
        RateLimit limit;
        const char* who;  // as a refusal names it; null: it does not match
    } kCases[] = {
        {rate(LimitScope::kGateway, "", 1), "this gateway"},
        {rate(LimitScope::kKey, "*", 1), "key key-1"},
        {rate(LimitScope::kKey, "key-1", 1), "key key-1"},
        {rate(LimitScope::kKey, "key-2", 1), nullptr},
        {rate(LimitScope::kUserPath, "*", 1), "user path /team/alpha"},
        {rate(LimitScope::kUserPath, "/team", 1), "user path /team"},
        {rate(LimitScope::kUserPath, "/", 1), "user path /"},
        {rate(LimitScope::kUserPath, "/tea", 1), nullptr},
        {rate(LimitScope::kProvider, "main", 1), "provider main"},
        {rate(LimitScope::kProvider, "other", 1), nullptr},
        {rate(LimitScope::kModel, "*", 1), "model main/gpt"},
        {rate(LimitScope::kModel, "gpt", 1), "model gpt"},
        {rate(LimitScope::kModel, "main/gpt", 1), "model main/gpt"},
        {rate(LimitScope::kModel, "gpt-4", 1), nullptr},
    };
    for (const auto& each : kCases) {
        Fixture fixture({each.limit});
        EXPECT_EQ(fixture.once(times({})), "");
        const std::string refusal = fixture.once(times({}));
        const std::string expected = each.who == nullptr
                                         ? ""
                                         : "rate limit exceeded for " + std::string(each.who) +
                                               ": used 1 of 1 requests per minute";
        EXPECT_EQ(refusal, expected);
    }
}

TEST(Limits, OfEachOneCountForThemselves) {
    Fixture fixture({rate(LimitScope::kKey, "*", 1)});
    Subject other = kSubject;
    other.key = "key-2";
    EXPECT_EQ(fixture.once(times({})), "");
    EXPECT_EQ(fixture.once(times({}), {}, other), "");
    EXPECT_NE(fixture.once(times({}), {}, other), "");
}

TEST(Limits, TellWhenToTryAgain) {
    Fixture fixture({rate(LimitScope::kGateway, "", 2)});
    EXPECT_EQ(fixture.once(times({})), "");
    EXPECT_EQ(fixture.once(times(seconds(20))), "");
    Reservation refused;
    const auto refusal = fixture.reserve(refused, times(seconds(30)));
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->kind, Refused::kRequests);
    EXPECT_EQ(refusal->retry_after, seconds(31));
    EXPECT_EQ(refused.requests().limit, 2);
    EXPECT_EQ(refused.requests().remaining, 0);
    EXPECT_EQ(refused.requests().reset, seconds(51));
    EXPECT_TRUE(refused.empty());
    EXPECT_EQ(fixture.once(times(seconds(61))), "");
    EXPECT_EQ(fixture.limits.refusals(Refused::kRequests), 1U);
}

TEST(Limits, TokensAreEstimatedAndThenCounted) {
    Fixture fixture({rate(LimitScope::kGateway, "", 0, 100)});
    Reservation first;
    EXPECT_FALSE(fixture.reserve(first, times({}), {90, 0}).has_value());
    EXPECT_EQ(first.tokens().remaining, 10);
    Reservation second;
    EXPECT_FALSE(fixture.reserve(second, times({}), {90, 0}).has_value());
    Reservation third;
    const auto refusal = fixture.reserve(third, times({}), {1, 0});
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->kind, Refused::kTokens);
    EXPECT_EQ(refusal->message,
              "rate limit exceeded for this gateway: used 180 of 100 tokens per minute");
    first.settle(5, {}, times(seconds(1)));
    second.settle(120, {}, times(seconds(1)));
    second.settle(0, {}, times(seconds(1)));  // only the first word counts
    EXPECT_EQ(fixture.once(times(seconds(1)), {1, 0}),
              "rate limit exceeded for this gateway: used 125 of 100 tokens per minute");
}

TEST(Limits, SlotsComeBackHoweverARequestEnds) {
    Fixture fixture({rate(LimitScope::kProvider, "*", 0, 0, 2)});
    {
        Reservation first;
        Reservation second;
        Reservation third;
        EXPECT_FALSE(fixture.reserve(first, times({})).has_value());
        EXPECT_FALSE(fixture.reserve(second, times({})).has_value());
        second.settle(0, {}, times({}));
        const auto refusal = fixture.reserve(third, times({}));
        ASSERT_TRUE(refusal.has_value());
        EXPECT_EQ(refusal->kind, Refused::kConcurrency);
        EXPECT_EQ(refusal->retry_after, seconds(1));
        EXPECT_EQ(refusal->message,
                  "rate limit exceeded for provider main: 2 requests of at most 2 are running");
    }
    EXPECT_EQ(fixture.once(times({})), "");
}

TEST(Limits, AreReservedAllOrNotAtAll) {
    Fixture fixture({rate(LimitScope::kGateway, "", 5), rate(LimitScope::kKey, "*", 1),
                     rate(LimitScope::kModel, "*", 0, 0, 1)});
    EXPECT_EQ(fixture.once(times({})), "");
    for (int i = 0; i < 9; ++i)
        EXPECT_NE(fixture.once(times({})), "");
    Subject other = kSubject;
    for (const char* key : {"a", "b", "c", "d"}) {
        other.key = key;
        EXPECT_EQ(fixture.once(times({}), {}, other), "") << key;
    }
    other.key = "e";
    EXPECT_NE(fixture.once(times({}), {}, other), "");
}

TEST(Limits, GoOnInTheNextGeneration) {
    Fixture fixture({rate(LimitScope::kGateway, "", 2)});
    EXPECT_EQ(fixture.once(times({})), "");
    EXPECT_EQ(fixture.once(times({})), "");
    fixture.rates = fixture.limits.with_meters(
        {rate(LimitScope::kKey, "*", 9), rate(LimitScope::kGateway, "", 3)});
    EXPECT_EQ(fixture.once(times({})), "");
    EXPECT_EQ(fixture.once(times({})),
              "rate limit exceeded for this gateway: used 3 of 3 requests per minute");
}

// The clock of the machine is set while limits are reached: nobody gets in early, or waits longer.
TEST(Limits, RatesDoNotCareWhatTimeItIs) {
    Fixture fixture({rate(LimitScope::kGateway, "", 1)});
    EXPECT_EQ(fixture.once(times({})), "");
    for (const base::Duration jump : {base::Duration(hours(48)), base::Duration(hours(-48))}) {
        Times now = times(seconds(30));
        now.wall += jump;
        EXPECT_NE(fixture.once(now), "");
    }
    Times later = times(seconds(61));
    later.wall -= hours(48);
    EXPECT_EQ(fixture.once(later), "");
}

TEST(Limits, AnotherTargetTakesThePlaceOfTheFirst) {
    Fixture fixture({rate(LimitScope::kKey, "*", 1), rate(LimitScope::kProvider, "*", 0, 50, 1)});
    Reservation reservation;
    ASSERT_FALSE(fixture.reserve(reservation, times({}), {40, 0}).has_value());
    Subject other = kSubject;
    other.provider = "other";
    const auto retarget = [&](Reservation& which, const Subject& who) {
        return fixture.limits.retarget(
            fixture.limits.match(&fixture.rates, who, true, times({}).steady), {40, 0}, times({}),
            which);
    };
    EXPECT_FALSE(retarget(reservation, other).has_value());  // the key's one request is this one
    Reservation next;
    Subject another = kSubject;
    another.key = "key-2";
    EXPECT_FALSE(fixture.reserve(next, times({}), {40, 0}, another).has_value())
        << "the first provider's slot and tokens are there again";
    const auto refusal = retarget(next, other);
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->kind, Refused::kConcurrency);
}

TEST(Limits, ABudgetIsReachedByWhatWasSpent) {
    Fixture fixture({});
    fixture.budgets({{"/team", kDay, 10}, {"/", kMonth, 100}, {"/other", kDay, 0.1}});
    EXPECT_EQ(fixture.once(times({}), {0, 9.99}), "");
    EXPECT_EQ(fixture.once(times({}), {0, 5}), "");  // it may be passed by one request
    Reservation refused;
    const auto refusal = fixture.reserve(refused, times(seconds(30)), {0, 1});
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->kind, Refused::kBudget);
    EXPECT_EQ(refusal->message,
              "budget exceeded for /team daily limit: spent 14.990000 of 10.000000");
    EXPECT_EQ(refusal->retry_after, hours(14) - seconds(30));
    Subject root = kSubject;
    root.user_path = "/";
    EXPECT_EQ(fixture.once(times({}), {0, 90}, root), "");
    EXPECT_EQ(fixture.once(times({}), {0, 1}, root),
              "budget exceeded for / monthly limit: spent 104.990000 of 100.000000");
}

TEST(Limits, BudgetsRefuseInOrderOfPathAndPeriod) {
    Fixture fixture({});
    fixture.budgets({{"/team/alpha", kMonth, 1}, {"/team", kDay, 1}, {"/team", kWeek, 1}});
    EXPECT_EQ(fixture.once(times({}), {0, 1}), "");
    EXPECT_EQ(fixture.once(times({})),
              "budget exceeded for /team weekly limit: spent 1.000000 of 1.000000");
}

TEST(Limits, RequestsUnderWayCountWithWhatTheyMayCost) {
    Fixture fixture({});
    fixture.budgets({{"/", kDay, 1}});
    Reservation first;
    ASSERT_FALSE(fixture.reserve(first, times({}), {0, 1}).has_value());
    Reservation second;
    const auto refusal = fixture.reserve(second, times({}), {0, 1});
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->retry_after, seconds(1)) << "it is not spent yet";
    EXPECT_EQ(refusal->message,
              "budget exceeded for / daily limit: spent 0.000000 and requests under way may cost "
              "1.000000 of 1.000000");
    first.settle(0, 0.25, times({}));
    EXPECT_FALSE(fixture.reserve(second, times({}), {0, 1}).has_value());
}

TEST(Limits, ABudgetNobodyKnowsIsNotPassed) {
    Fixture fixture({});
    fixture.limits.publish({{"/", kDay, 1}}, {}, kNow);
    Reservation reservation;
    const auto refusal = fixture.reserve(reservation, times({}));
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->kind, Refused::kBudgetUnknown);
    EXPECT_EQ(refusal->message, "budget check failed");
}

TEST(Limits, AnotherAmountKeepsWhatWasSpent) {
    Fixture fixture({});
    fixture.budgets({{"/", kDay, 1}});
    EXPECT_EQ(fixture.once(times({}), {0, 1}), "");
    EXPECT_NE(fixture.once(times({})), "");
    fixture.limits.publish({{"/", kDay, 2}}, {}, kNow);
    EXPECT_EQ(fixture.once(times({}), {0, 1}), "");
    EXPECT_NE(fixture.once(times({})), "");
    fixture.limits.publish({{"/", kDay, 2, kNow + seconds(5)}}, {}, kNow + seconds(5));
    EXPECT_EQ(fixture.once(times(seconds(6))), "");
}

TEST(Limits, WhatSpendsNothingNeedsNoBudget) {
    Fixture fixture({});
    fixture.budgets({{"/", kDay, 1}});
    EXPECT_TRUE(fixture.limits.match(&fixture.rates, kSubject, false, {}).empty());
}

// Many threads reserve and settle at once: a limit is passed by no more than one request, and in
// the end everything has been given back.
TEST(Limits, HoldForManyThreadsAtOnce) {
    constexpr int kThreads = 8;
    constexpr int kRounds = 2000;
    Fixture fixture({rate(LimitScope::kGateway, "", 0, 0, 3), rate(LimitScope::kKey, "*", 5000),
                     rate(LimitScope::kModel, "*", 0, 100'000)});
    fixture.budgets({{"/", kDay, 40}, {"/team", kDay, 1000}});
    std::atomic<int> admitted = 0;
    std::atomic<int> running = 0;
    std::atomic<bool> crowded = false;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&] {
            for (int round = 0; round < kRounds; ++round) {
                Reservation reservation;
                if (fixture.reserve(reservation, times({}), {10, 0.02})) continue;
                if (++running > 3) crowded = true;
                ++admitted;
                --running;
                reservation.settle(10, 0.01, times({}));
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_FALSE(crowded);
    EXPECT_GT(admitted, 0);
    EXPECT_LE(admitted, 4001);  // 40 / 0.01, and one more
    for (const MeteredBudget& each : *fixture.limits.budgets()) {
        const BudgetMeter::Reading reading = each.meter->read(kNow);
        EXPECT_NEAR(reading.spent, admitted * 0.01, 1e-6);
        EXPECT_NEAR(reading.reserved, 0, 1e-6);
    }
    Reservation three[3];
    for (Reservation& each : three) {
        Subject fresh = kSubject;
        fresh.user_path = "/";
        fresh.key = "fresh";
        fresh.model = {};
        fixture.limits.publish({}, {}, kNow);
        EXPECT_FALSE(fixture.reserve(each, times({}), {}, fresh).has_value());
    }
}

TEST(RateMeters, ForgetSubjectsThatHaveNothingToRemember) {
    RateMeters meters(minutes(1));
    const base::SteadyTime start{hours(3)};
    for (std::size_t i = 0; i < RateMeters::kMost; ++i)
        meters.of(std::to_string(i), start)->requests.add(start, 1);
    EXPECT_EQ(meters.size(), RateMeters::kMost);
    const auto shared = meters.of("one too many", start);
    EXPECT_EQ(meters.of("and another", start), shared);
    EXPECT_EQ(meters.size(), RateMeters::kMost);
    const base::SteadyTime later = start + minutes(2);
    EXPECT_NE(meters.of("a new one", later), shared);
    EXPECT_EQ(meters.size(), 1U);
}

}  // namespace
}  // namespace gomodel::gateway::limits
