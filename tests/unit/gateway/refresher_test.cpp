// A refresh replaces what changed and nothing else; what is wrong leaves the running generation as
// it was and is reported whole; calls at the same time share one run. With real files and a real
// plugin.

#include "gateway/refresher.hpp"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "support/captured_log.hpp"
#include "support/temp_folder.hpp"

namespace gomodel::gateway {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOneProvider = "providers:\n  acme: {type: echo, word_delay_ms: 1}\n";

class RefresherTest : public testing::Test {
protected:
    RefresherTest() {
        fs::create_directory(plugins());
        fs::copy_file(TEST_PROVIDER, plugin_file());
        write(kOneProvider);
    }
    ~RefresherTest() override {
        if (refresher_ != nullptr) control_.run([this] { refresher_->close(); });
        control_.run([this] { store_.clear(); });
    }

    fs::path plugins() const { return folder_.path() / "plugins"; }
    fs::path plugin_file() const { return plugins() / "echo.so"; }
    void write(const std::string& text) {
        folder_.write("config.yaml",
                      "plugins: {unload: close, path: [" + plugins().string() + "]}\n" + text);
    }
    // A new build of the plugin: other bytes that do the same.
    void rebuild_plugin() {
        const fs::path next = plugins() / "next";
        fs::copy_file(plugin_file(), next);
        std::ofstream(next, std::ios::binary | std::ios::app) << "another build";
        fs::rename(next, plugin_file());
    }

    void start() {
        config::LoadOptions load;
        load.directory = folder_.path();
        const config::Loaded loaded = config::load(load);
        ASSERT_FALSE(loaded.problems.fatal());
        control_.run([&] {
            Built built = build_generation(loaded, {}, log_.log());
            ASSERT_NE(built.generation, nullptr);
            store_.publish(std::move(built.generation));
        });
        refresher_ = std::make_unique<Refresher>(
            control_, store_, clock_, log_.log(), loaded.settings,
            Refresher::Options{load, {}, {}, [this](const auto&) { ++runs_; }});
    }
    Refresher::Report refresh() {
        Refresher::Report report;
        refresher_->request("admin", [&report](Refresher::Report done) { report = done; });
        control_.run([] {});
        return report;
    }
    std::shared_ptr<const Generation> current() const { return store_.current().get(); }

    tests::TempFolder folder_;
    tests::CapturedLog log_;
    base::SystemClock clock_;
    plugin::ControlThread control_;
    GenerationStore store_{control_};
    std::unique_ptr<Refresher> refresher_;
    int runs_ = 0;  // control thread
};

std::string text(const config::Problems& problems) {
    std::string all;
    for (const config::Problem& problem : problems.all())
        all += config::to_string(problem) + '\n';
    return all;
}

TEST_F(RefresherTest, NothingChangedMakesNoGeneration) {
    start();
    const auto before = current();
    write("# a comment moves every line\n" + std::string(kOneProvider));
    const auto report = refresh();
    EXPECT_EQ(report->outcome, RefreshOutcome::kUnchanged) << text(report->problems);
    EXPECT_EQ(report->generation, 1u);
    EXPECT_THAT(report->changes, IsEmpty());
    EXPECT_EQ(current(), before);
}

TEST_F(RefresherTest, UnchangedInstancesAreCarriedOver) {
    start();
    const auto before = current();
    write(
        "metrics: {enabled: true}\nproviders:\n  acme: {type: echo, word_delay_ms: 1}\n"
        "  other: {type: echo}\n");
    const auto report = refresh();
    EXPECT_EQ(report->outcome, RefreshOutcome::kPublished) << text(report->problems);
    EXPECT_THAT(report->changes, ElementsAre("provider other added", "setting metrics.enabled"));
    EXPECT_EQ(current()->number, 2u);
    EXPECT_EQ(current()->trigger, "admin");
    EXPECT_EQ(current()->provider("acme")->instance, before->provider("acme")->instance);
    EXPECT_NE(current()->provider("other"), nullptr);
}

TEST_F(RefresherTest, HealthIsCarriedOverWithTheProvider) {
    const auto limits = [](int failures) {
        return "    resilience: {circuit_breaker: {failure_threshold: " + std::to_string(failures) +
               ", timeout: 1h}}\n";
    };
    write("providers:\n  acme:\n    type: echo\n" + limits(1));
    start();
    const auto first = current();
    const base::SteadyTime now = clock_.steady();
    first->provider("acme")->breaker->admit(now).finish(CallOutcome::kFailure, now);
    first->provider("acme")->recent->note(now, CallOutcome::kFailure, std::chrono::seconds(1));
    ASSERT_EQ(first->provider("acme")->breaker->state(), BreakerState::kOpen);

    write("metrics: {enabled: true}\nproviders:\n  acme:\n    type: echo\n" + limits(1));
    EXPECT_EQ(refresh()->outcome, RefreshOutcome::kPublished);
    ASSERT_NE(current(), first);
    EXPECT_EQ(current()->provider("acme")->breaker->state(), BreakerState::kOpen);
    EXPECT_FALSE(current()->provider("acme")->breaker->admit(now).admitted());
    EXPECT_EQ(current()->provider("acme")->recent->figures(now).errors, 1U);

    // Other rules begin anew, what is known of its calls stays.
    write("metrics: {enabled: true}\nproviders:\n  acme:\n    type: echo\n" + limits(2));
    refresh();
    EXPECT_EQ(current()->provider("acme")->breaker->state(), BreakerState::kClosed);
    EXPECT_EQ(current()->provider("acme")->recent->figures(now).errors, 1U);

    // So does another provider under the same name.
    write("providers:\n  acme:\n    type: echo\n    word_delay_ms: 7\n" + limits(2));
    refresh();
    EXPECT_EQ(current()->provider("acme")->recent->figures(now).errors, 0U);
}

TEST_F(RefresherTest, ChangedOptionsMakeANewInstanceOfTheSameCode) {
    start();
    const auto before = current();
    write("providers:\n  acme: {type: echo, word_delay_ms: 2}\n");
    EXPECT_THAT(refresh()->changes, ElementsAre("provider acme has other options"));
    const auto& now = current()->provider("acme")->instance;
    EXPECT_NE(now, before->provider("acme")->instance);
    EXPECT_EQ(&now->module(), &before->provider("acme")->instance->module());
}

TEST_F(RefresherTest, ANewBuildOfAPluginServesNewRequestsAndTheOldOneFinishes) {
    start();
    std::shared_ptr<const Generation> held = current();  // as a request does
    const std::weak_ptr<const plugin::Instance> old_one = held->provider("acme")->instance;
    rebuild_plugin();
    const auto report = refresh();
    EXPECT_THAT(report->changes, Contains("provider acme runs new plugin code"));
    EXPECT_NE(current()->provider("acme")->instance->module().sha256(),
              held->provider("acme")->instance->module().sha256());
    ASSERT_EQ(store_.live().size(), 2u);
    EXPECT_TRUE(store_.live()[0].current);
    EXPECT_EQ(store_.live()[0].requests, 0);
    EXPECT_EQ(store_.live()[1].generation->number, 1u);
    EXPECT_EQ(store_.live()[1].requests, 1);
    held.reset();
    control_.run([] {});
    EXPECT_TRUE(old_one.expired());
    EXPECT_EQ(store_.live().size(), 1u);
}

TEST_F(RefresherTest, FailureKeepsTheRunningGenerationAndNamesEveryProblem) {
    start();
    const auto before = current();
    folder_.write("plugins/broken.so", "no library");
    write(
        "server: {port: many}\nusage: {enabled: perhaps}\n"
        "providers:\n  acme: {type: echo, word_delay_ms: soon}\n");
    const auto report = refresh();
    EXPECT_EQ(report->outcome, RefreshOutcome::kFailed);
    EXPECT_EQ(report->config_errors, 2u);
    const std::string problems = text(report->problems);
    EXPECT_THAT(problems, HasSubstr("config.yaml:2: server.port: "));
    EXPECT_THAT(problems, HasSubstr("config.yaml:3: usage.enabled: "));
    EXPECT_THAT(problems, HasSubstr("config.yaml:5: providers.acme.word_delay_ms: "));
    EXPECT_THAT(problems, HasSubstr("broken.so: not a shared library"));
    EXPECT_EQ(current(), before);
    EXPECT_EQ(report->generation, 1u);
    EXPECT_THAT(log_.text(), HasSubstr("refresh failed"));
}

TEST_F(RefresherTest, WithoutAReadableFileThePluginsInUseAreLookedAt) {
    start();
    folder_.write("config.yaml", "providers: [\n");
    folder_.write("plugins/broken.so", "no library");
    const auto report = refresh();
    EXPECT_EQ(report->outcome, RefreshOutcome::kFailed);
    EXPECT_THAT(text(report->problems), HasSubstr("config.yaml:"));
    EXPECT_THAT(text(report->problems), HasSubstr("broken.so: not a shared library"));
}

// Private copies of plugins cannot be made then; the standard library says so by throwing.
TEST_F(RefresherTest, EvenWhatThrowsIsOnlyAReport) {
    start();
    rebuild_plugin();
    const char* const usual = std::getenv("TMPDIR");
    const std::string before = usual == nullptr ? "/tmp" : usual;
    ::setenv("TMPDIR", "/nowhere/at/all", 1);
    const auto report = refresh();
    ::setenv("TMPDIR", before.c_str(), 1);
    EXPECT_EQ(report->outcome, RefreshOutcome::kFailed);
    EXPECT_THAT(text(report->problems), HasSubstr("internal error: "));
    EXPECT_EQ(current()->number, 1u);
    EXPECT_EQ(refresh()->outcome, RefreshOutcome::kPublished);
}

TEST_F(RefresherTest, WhatRunsIsNotLostByAccident) {
    write("providers:\n  acme: {type: echo}\n");
    start();
    fs::rename(plugin_file(), folder_.path() / "elsewhere.so");
    EXPECT_THAT(text(refresh()->problems),
                HasSubstr("providers.acme: no plugin provides its type"));
    EXPECT_EQ(current()->number, 1u);
    write("providers:\n  acme: {type: ecko}\n");
    EXPECT_EQ(refresh()->outcome, RefreshOutcome::kFailed);
    fs::rename(folder_.path() / "elsewhere.so", plugin_file());
    write("providers:\n  other: {type: echo}\n");
    EXPECT_THAT(refresh()->changes, ElementsAre("provider other added", "provider acme removed"));
}

TEST_F(RefresherTest, SettingsThatNeedARestartAreNamedUntilItHappens) {
    start();
    write("server: {port: 9}\n" + std::string(kOneProvider));
    for (int i = 0; i < 2; ++i) {
        const auto report = refresh();
        EXPECT_EQ(report->outcome, RefreshOutcome::kUnchanged);
        ASSERT_EQ(report->restart.size(), 1u);
        EXPECT_EQ(report->restart[0].key, "server.port");
        EXPECT_EQ(report->restart[0].where, "config.yaml:2");
    }
    write(kOneProvider);
    EXPECT_THAT(refresh()->restart, IsEmpty());
}

TEST_F(RefresherTest, TheEnvironmentFileIsReadAgain) {
    start();
    folder_.write(".env", "GOMODEL_MASTER_KEY=secret\n");
    EXPECT_THAT(refresh()->changes, ElementsAre("setting server.master_key"));
    EXPECT_TRUE(current()->authenticator.has_master_key());
}

// Holds the control thread while several threads ask.
TEST_F(RefresherTest, CallsAtTheSameTimeShareOneRunAndItsReport) {
    start();
    write("metrics: {enabled: true}\n" + std::string(kOneProvider));
    std::vector<Refresher::Report> reports(5);  // control thread, until run() has returned
    std::promise<void> asked;
    control_.post([&asked] { asked.get_future().wait(); });
    std::vector<std::thread> callers;
    for (Refresher::Report& report : reports) {
        callers.emplace_back([this, &report] {
            refresher_->request("admin", [&report](Refresher::Report done) { report = done; });
        });
    }
    for (std::thread& caller : callers)
        caller.join();
    asked.set_value();
    control_.run([] {});
    EXPECT_EQ(runs_, 1);
    for (const Refresher::Report& report : reports) {
        EXPECT_EQ(report, reports.front());
        EXPECT_EQ(report->outcome, RefreshOutcome::kPublished);
    }
    EXPECT_EQ(refresh()->outcome, RefreshOutcome::kUnchanged) << "a later call is a new run";
    EXPECT_EQ(runs_, 2);
}

TEST_F(RefresherTest, ACallAfterAChangeNeverGetsAReportFromBeforeIt) {
    start();
    std::vector<Refresher::Report> reports(2);
    std::promise<void> asked;
    control_.post([&asked] { asked.get_future().wait(); });
    refresher_->request("signal", [&](Refresher::Report done) {
        reports[0] = done;
        write("metrics: {enabled: true}\n" + std::string(kOneProvider));
    });
    refresher_->request("admin", [&](Refresher::Report done) { reports[1] = done; });
    asked.set_value();
    control_.run([] {});
    EXPECT_EQ(reports[0]->outcome, RefreshOutcome::kUnchanged);
    EXPECT_EQ(reports[1]->outcome, RefreshOutcome::kPublished);
}

TEST_F(RefresherTest, WatchedFilesRefreshOnlyWhenTheirKindChanged) {
    start();
    const auto look = [this](bool config, bool plugins) {
        refresher_->request_if_changed("file change", config, plugins);
        control_.run([] {});
        return runs_;
    };
    EXPECT_EQ(look(true, true), 0);
    rebuild_plugin();
    EXPECT_EQ(look(true, false), 0);
    EXPECT_EQ(look(false, true), 1);
    EXPECT_EQ(current()->trigger, "file change");
    write("metrics: {enabled: true}\n" + std::string(kOneProvider));
    EXPECT_EQ(look(false, true), 1);
    EXPECT_EQ(look(true, false), 2);
    EXPECT_EQ(look(true, true), 2);
}

}  // namespace
}  // namespace gomodel::gateway
