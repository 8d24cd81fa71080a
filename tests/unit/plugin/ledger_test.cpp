// The ledger counts every call where it belongs, adds up the loops, and warns of a plugin that is
// too slow once in a while and not at every call. A plugin that is left out comes back once it is
// fast again.

#include "plugin/ledger.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace gomodel::plugin {
namespace {

using namespace std::chrono_literals;

constexpr base::SteadyTime kStart{1h};

TEST(Ledger, ACallIsCountedInItsBucketAndFunction) {
    Ledger ledger(1);
    const auto account = ledger.account("provider.x");
    account->called(0, Function::kOpen, 500ns);
    account->called(0, Function::kOpen, 501ns);
    account->called(0, Function::kOpen, 2s);
    const CallTimes times = account->times(Function::kOpen);
    EXPECT_EQ(times.calls, 3u);
    EXPECT_EQ(times.buckets.front(), 1u);
    EXPECT_EQ(times.buckets[1], 1u);
    EXPECT_EQ(times.buckets.back(), 1u);
    EXPECT_EQ(times.sum, 2s + 1001ns);
    EXPECT_EQ(times.worst, 2s);
    EXPECT_EQ(account->times(Function::kNext).calls, 0u);
}

TEST(Ledger, LoopsCountAtTheSameTimeAndAreAddedUp) {
    constexpr std::size_t kLoops = 4;
    constexpr std::uint64_t kCalls = 20'000;
    Ledger ledger(kLoops);
    const auto account = ledger.account("provider.x");
    std::vector<std::thread> loops;
    for (std::size_t loop = 0; loop < kLoops; ++loop) {
        loops.emplace_back([&account, loop] {
            for (std::uint64_t call = 0; call < kCalls; ++call)
                account->called(loop, Function::kFeed, std::chrono::microseconds(loop));
        });
    }
    while (account->times(Function::kFeed).calls == 0)  // a scrape in between
        std::this_thread::yield();
    for (std::thread& loop : loops)
        loop.join();
    const CallTimes times = account->times(Function::kFeed);
    EXPECT_EQ(times.calls, kLoops * kCalls);
    EXPECT_EQ(times.sum, kCalls * (1us + 2us + 3us));
    EXPECT_EQ(times.worst, 3us);
}

TEST(Ledger, TheSamePluginHasOneAccountForEachBuild) {
    Ledger ledger(1);
    const auto account = ledger.account("provider.x");
    EXPECT_EQ(ledger.account("provider.x"), account);
    EXPECT_NE(ledger.account("provider.x", Build::kCanary), account);
    ledger.account("cache.a");
    std::vector<std::string> names;
    for (const auto& each : ledger.accounts())
        names.push_back(each->plugin() + " " + std::string(to_string(each->build())));
    EXPECT_THAT(names,
                testing::ElementsAre("cache.a current", "provider.x current", "provider.x canary"));
}

TEST(Ledger, ASlowPluginIsWarnedAboutOnceAMinuteWithTheWorstCall) {
    Ledger ledger(1);
    const auto account = ledger.account("provider.x");
    const auto first = account->over_budget(kStart, Function::kNext, 6ms);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->calls, 1u);
    EXPECT_EQ(first->worst, 6ms);
    EXPECT_FALSE(account->over_budget(kStart + 1s, Function::kHead, 90ms).has_value());
    EXPECT_FALSE(account->over_budget(kStart + 59s, Function::kOpen, 7ms).has_value());
    const auto second = account->over_budget(kStart + 60s, Function::kOpen, 8ms);
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->calls, 3u);
    EXPECT_EQ(second->worst, 90ms);
    EXPECT_EQ(second->function, Function::kHead);
    EXPECT_EQ(account->over_budget(), 4u);
}

TEST(Bypass, APluginWithinItsBudgetIsCalled) {
    Bypass bypass;
    bypass.called(kStart, 5ms, 5ms);
    EXPECT_TRUE(bypass.may_call(kStart));
    EXPECT_FALSE(bypass.active());
}

TEST(Bypass, ABreachLeavesItOutUntilATrialIsFastEnough) {
    Bypass bypass;
    bypass.called(kStart, 6ms, 5ms);
    EXPECT_TRUE(bypass.active());
    EXPECT_FALSE(bypass.may_call(kStart + 999ms));
    EXPECT_TRUE(bypass.may_call(kStart + 1s)) << "the trial";
    EXPECT_FALSE(bypass.may_call(kStart + 1s)) << "one is enough";
    bypass.called(kStart + 1s + 4ms, 4ms, 5ms);
    EXPECT_FALSE(bypass.active());
    EXPECT_TRUE(bypass.may_call(kStart + 1s + 4ms));
}

TEST(Bypass, EachCallSaysWhatItHasChanged) {
    Bypass bypass;
    EXPECT_EQ(bypass.called(kStart, 4ms, 5ms), BypassChange::kNone);
    EXPECT_EQ(bypass.called(kStart, 6ms, 5ms), BypassChange::kLeftOut);
    EXPECT_EQ(bypass.called(kStart, 6ms, 5ms), BypassChange::kNone) << "it is left out already";
    ASSERT_TRUE(bypass.may_call(kStart + 1s));
    EXPECT_EQ(bypass.called(kStart + 1s + 6ms, 6ms, 5ms), BypassChange::kNone);
    ASSERT_TRUE(bypass.may_call(kStart + 4s));
    EXPECT_EQ(bypass.called(kStart + 4s + 1ms, 1ms, 5ms), BypassChange::kBack);
    EXPECT_EQ(bypass.called(kStart + 5s, 1ms, 5ms), BypassChange::kNone);
}

TEST(Ledger, RequestsThatDoWithoutAPluginAreCounted) {
    Ledger ledger;
    const auto account = ledger.account("guardrail.acme");
    EXPECT_EQ(account->times_left_out(), 0u);
    account->left_out();
    account->left_out();
    EXPECT_EQ(account->times_left_out(), 2u);
}

TEST(Bypass, EachFailedTrialDoublesThePauseUpToAMinute) {
    Bypass bypass;
    base::SteadyTime now = kStart;
    bypass.called(now, 6ms, 5ms);
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        EXPECT_FALSE(bypass.may_call(now + pause - 1ms));
        now += pause;
        ASSERT_TRUE(bypass.may_call(now)) << pause.count();
        now += 6ms;
        bypass.called(now, 6ms, 5ms);
    }
    now += 60s;
    ASSERT_TRUE(bypass.may_call(now));
    bypass.called(now + 1ms, 1ms, 5ms);
    EXPECT_FALSE(bypass.active());
    bypass.called(now + 9ms, 6ms, 5ms);
    EXPECT_FALSE(bypass.may_call(now + 1s));
    EXPECT_TRUE(bypass.may_call(now + 9ms + 1s)) << "recovered: the pauses begin anew";
}

TEST(Bypass, CallsThatBeganBeforeSayNothingNew) {
    Bypass bypass;
    bypass.called(kStart, 6ms, 5ms);
    bypass.called(kStart + 1ms, 7ms, 5ms);
    bypass.called(kStart + 1ms, 2ms, 5ms);
    EXPECT_TRUE(bypass.active());
    EXPECT_TRUE(bypass.may_call(kStart + 1s)) << "the pause has not grown";
}

}  // namespace
}  // namespace gomodel::plugin
