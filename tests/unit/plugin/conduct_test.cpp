// What plugins do wrong is counted and warned of once; the rest goes on.

#include "plugin/conduct.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <thread>

#include "support/captured_log.hpp"

namespace gomodel::plugin {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

class Conduct : public ::testing::Test {
protected:
    std::size_t warnings() const {
        const std::string text = log.text();
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    }

    tests::CapturedLog log;
    Ledger ledger{1, &log.log()};
    std::shared_ptr<Account> account = ledger.account("provider.x");
    Call call;
};

TEST_F(Conduct, EveryTimeIsCountedAndTheFirstWarnedOf) {
    account->misbehaved(Rule::kUnknownStep);
    account->misbehaved(Rule::kUnknownStep);
    ledger.account("provider.x", Build::kCanary)->misbehaved(Rule::kUnknownStep);
    EXPECT_EQ(account->misbehaviour(Rule::kUnknownStep), 2u);
    EXPECT_EQ(account->misbehaviour(Rule::kStatus), 0u);
    EXPECT_EQ(warnings(), 2u);  // one of each build
    EXPECT_THAT(log.text(), HasSubstr(R"("plugin":"provider.x")"));
    EXPECT_THAT(log.text(), HasSubstr(R"("rule":"unknown_step")"));
    account->misbehaved(Rule::kStatus);
    EXPECT_EQ(warnings(), 3u);
}

TEST_F(Conduct, ThreadsThatCountAtOnceLoseNothingAndWarnOnce) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this] {
            for (int k = 0; k < 5'000; ++k)
                account->misbehaved(Rule::kLateWrite);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(account->misbehaviour(Rule::kLateWrite), 20'000u);
    EXPECT_EQ(warnings(), 1u);
}

TEST(Rules, EachHasANameAndWordsOfItsOwn) {
    std::set<std::string_view> names;
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < kRules; ++i) {
        names.insert(to_string(static_cast<Rule>(i)));
        words.insert(explain(static_cast<Rule>(i)));
    }
    EXPECT_EQ(names.size(), kRules);
    EXPECT_EQ(words.size(), kRules);
    EXPECT_EQ(to_string(Rule::kWrongThread), "wrong_thread");
}

TEST_F(Conduct, AnExceptionBecomesAStatusThatIsExplained) {
    const gm_status_t status =
        guarded(*account, call, []() -> gm_status_t { throw std::runtime_error("a password"); });
    EXPECT_EQ(status, GM_INTERNAL);
    EXPECT_EQ(call.explanation(), "it threw an exception");
    EXPECT_EQ(account->misbehaviour(Rule::kException), 1u);
    guarded(*account, [] { throw 7; });
    EXPECT_EQ(account->misbehaviour(Rule::kException), 2u);
}

TEST_F(Conduct, AStatusThatIsNoneIsNoted) {
    for (gm_status_t status = GM_OK; status <= GM_INTERNAL; ++status)
        EXPECT_EQ(guarded(*account, call, [&] { return status; }), status);
    EXPECT_EQ(account->misbehaviour(Rule::kStatus), 0u);
    for (const gm_status_t status : {-1, 10, 77})
        EXPECT_EQ(guarded(*account, call, [&] { return status; }), status);
    EXPECT_EQ(account->misbehaviour(Rule::kStatus), 3u);
    EXPECT_EQ(account->misbehaviour(Rule::kException), 0u);
}

TEST_F(Conduct, OnlyWhatReturnsLongAfterItsDeadlineIsLate) {
    const base::SteadyTime deadline{1h};
    note_return(*account, deadline, deadline + 5s);
    note_return(*account, base::SteadyTime::max(), deadline);
    EXPECT_EQ(account->misbehaviour(Rule::kDeadline), 0u);
    note_return(*account, deadline, deadline + 5s + 1ns);
    EXPECT_EQ(account->misbehaviour(Rule::kDeadline), 1u);
}

TEST_F(Conduct, WhatHasNotReturnedIsKnown) {
    ledger.account("storage.y");
    EXPECT_EQ(ledger.inside(), "");
    {
        const BlockingCall first(*account);
        const BlockingCall second(*account, std::chrono::steady_clock::now() - 1h);
        const BlockingCall other(*ledger.account("cache.a"));
        EXPECT_EQ(ledger.inside(), "cache.a, provider.x");
    }
    EXPECT_EQ(ledger.inside(), "");
    EXPECT_EQ(account->misbehaviour(Rule::kDeadline), 1u);
}

TEST_F(Conduct, WritingIsForTheCallAndItsThread) {
    WriteWindow window;
    EXPECT_FALSE(window.admits(*account));
    EXPECT_EQ(account->misbehaviour(Rule::kLateWrite), 1u);
    {
        const WriteWindow::Open open(window);
        EXPECT_TRUE(window.admits(*account));
        std::thread([&] { EXPECT_FALSE(window.admits(*account)); }).join();
        EXPECT_TRUE(window.admits(*account));
    }
    EXPECT_EQ(account->misbehaviour(Rule::kWrongThread), 1u);
    EXPECT_EQ(account->misbehaviour(Rule::kLateWrite), 1u);
    EXPECT_FALSE(window.admits(*account));
    EXPECT_EQ(account->misbehaviour(Rule::kLateWrite), 2u);
}

}  // namespace
}  // namespace gomodel::plugin
