// The verdict on a new build follows from what its own requests did, beside what those of the
// running build did at the same time.

#include "gateway/canary_trial.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace gomodel::gateway {
namespace {

using namespace std::chrono_literals;
using plugin::Build;
using testing::HasSubstr;

class CanaryTrialTest : public testing::Test {
protected:
    static config::Canary rules(int requests, double max_error_rate) {
        config::Canary rules;
        rules.share = 0.5;
        rules.requests = requests;
        rules.max_error_rate = max_error_rate;
        return rules;
    }
    void run(CanaryTrial& trial, Build build, int requests, int errors,
             base::Duration in_plugin = 10us) {
        for (int i = 0; i < requests; ++i)
            trial.finished(build, i < errors, in_plugin);
    }
    std::function<void()> told() {
        return [this] { ++verdicts_; };
    }

    int verdicts_ = 0;
};

TEST_F(CanaryTrialTest, TheShareIsSpreadEvenly) {
    const std::pair<double, int> cases[] = {{0.05, 50}, {0.25, 250}, {1.0, 1000}, {0.3, 300}};
    for (const auto& [share, taken] : cases) {
        config::Canary rules;
        rules.share = share;
        CanaryTrial trial(rules, {});
        int total = 0;
        for (int request = 1; request <= 1000; ++request) {
            if (trial.take()) ++total;
            EXPECT_NEAR(total, request * share, 1) << share;
        }
        EXPECT_NEAR(total, taken, 1) << share;
    }
}

TEST_F(CanaryTrialTest, AGoodBuildIsPromotedAfterItsRequests) {
    CanaryTrial trial(rules(100, 0.01), told());
    run(trial, Build::kCurrent, 500, 0);
    run(trial, Build::kCanary, 99, 1);
    EXPECT_EQ(trial.state(), CanaryState::kRunning);
    EXPECT_EQ(verdicts_, 0);
    run(trial, Build::kCanary, 1, 0);
    EXPECT_EQ(trial.state(), CanaryState::kPromoted);
    EXPECT_EQ(verdicts_, 1);
    EXPECT_EQ(trial.figures().reason, "1 of 100 requests failed");
    EXPECT_FALSE(trial.take()) << "the generation decides now";
}

TEST_F(CanaryTrialTest, TooManyErrorsEndItAtOnce) {
    CanaryTrial trial(rules(100, 0.01), told());
    run(trial, Build::kCurrent, 10, 0);
    run(trial, Build::kCanary, 1, 1);
    EXPECT_EQ(trial.state(), CanaryState::kRunning);
    run(trial, Build::kCanary, 50, 50);
    EXPECT_EQ(trial.state(), CanaryState::kRolledBack);
    EXPECT_EQ(verdicts_, 1);
    const CanaryFigures figures = trial.figures();
    EXPECT_EQ(figures.canary.requests, 2u) << "what comes after the verdict does not count";
    EXPECT_THAT(figures.reason, HasSubstr("2 of 2 requests failed"));
    EXPECT_FALSE(trial.take());
}

TEST_F(CanaryTrialTest, WithoutAnyErrorAllowedTheFirstOneEndsIt) {
    CanaryTrial trial(rules(1000, 0), told());
    run(trial, Build::kCanary, 1, 1);
    EXPECT_EQ(trial.state(), CanaryState::kRolledBack);
}

TEST_F(CanaryTrialTest, AnUpstreamThatFailsBothDoesNotCountAgainstIt) {
    CanaryTrial trial(rules(100, 0.01), told());
    run(trial, Build::kCurrent, 100, 30);
    run(trial, Build::kCanary, 100, 30);
    EXPECT_EQ(trial.state(), CanaryState::kPromoted);
}

TEST_F(CanaryTrialTest, ASlowBuildIsRolledBackBeforeAllItsRequestsAreIn) {
    CanaryTrial trial(rules(1000, 0.01), told());
    run(trial, Build::kCurrent, 50, 0, 1ms);
    run(trial, Build::kCanary, 19, 0, 3ms);
    EXPECT_EQ(trial.state(), CanaryState::kRunning);
    run(trial, Build::kCanary, 1, 0, 3ms);
    EXPECT_EQ(trial.state(), CanaryState::kRolledBack);
    EXPECT_THAT(trial.figures().reason, HasSubstr("in the plugin"));
    const CanaryFigures figures = trial.figures();
    EXPECT_GE(figures.canary.plugin_p90, 3ms);
    EXPECT_LE(figures.canary.plugin_p90, 3750us);
}

TEST_F(CanaryTrialTest, AFewSlowRequestsAreNoSlowBuild) {
    CanaryTrial trial(rules(100, 0.01), told());
    run(trial, Build::kCurrent, 100, 0, 10us);
    run(trial, Build::kCanary, 95, 0, 10us);
    run(trial, Build::kCanary, 5, 0, 50ms);
    EXPECT_EQ(trial.state(), CanaryState::kPromoted);
}

TEST_F(CanaryTrialTest, ADifferenceNobodyNoticesIsNone) {
    CanaryTrial trial(rules(20, 0.01), told());
    run(trial, Build::kCurrent, 20, 0, 2us);
    run(trial, Build::kCanary, 20, 0, 60us);
    EXPECT_EQ(trial.state(), CanaryState::kPromoted);
}

TEST_F(CanaryTrialTest, ManyThreadsBringOneVerdict) {
    std::atomic<int> verdicts = 0;
    CanaryTrial trial(rules(500, 0.01), [&verdicts] { ++verdicts; });
    std::vector<std::thread> loops;
    for (int loop = 0; loop < 4; ++loop) {
        loops.emplace_back([&trial] {
            for (int request = 0; request < 1000; ++request) {
                const Build build = trial.take() ? Build::kCanary : Build::kCurrent;
                trial.finished(build, false, 10us);
            }
        });
    }
    for (std::thread& loop : loops)
        loop.join();
    EXPECT_EQ(verdicts, 1);
    EXPECT_EQ(trial.figures().canary.requests, 500u);
}

TEST_F(CanaryTrialTest, OneThatIsOverBeforeItBeganTakesNothing) {
    CanaryTrial trial(CanaryState::kRolledBack, "it crashes");
    EXPECT_FALSE(trial.take());
    trial.finished(Build::kCanary, true, 1us);
    EXPECT_EQ(trial.figures().canary.requests, 0u);
    EXPECT_EQ(trial.figures().reason, "it crashes");
}

}  // namespace
}  // namespace gomodel::gateway
