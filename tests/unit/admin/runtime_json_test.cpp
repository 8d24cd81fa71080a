// What the admin API says of refreshes: its status follows from the steps, and nothing is left out.

#include "admin/runtime_json.hpp"

#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include "admin/json_time.hpp"

namespace gomodel::admin {
namespace {

using gateway::RefreshOutcome;
using gateway::RefreshReport;

rapidjson::Document parsed(const RefreshReport& report) {
    rapidjson::Document document;
    document.Parse(refresh_json(report).c_str());
    EXPECT_FALSE(document.HasParseError());
    return document;
}

std::string step_status(const rapidjson::Document& document, std::string_view name) {
    for (const auto& step : document["steps"].GetArray()) {
        if (step["name"].GetString() == name) return step["status"].GetString();
    }
    return "none";
}

RefreshReport good_report() {
    RefreshReport report;
    report.outcome = RefreshOutcome::kPublished;
    report.generation = 4;
    report.models = 2;
    report.providers = 1;
    report.listed = true;
    return report;
}

TEST(JsonTime, ShowsNanosecondsWithoutTrailingZeros) {
    using std::chrono::nanoseconds;
    EXPECT_EQ(json_time(base::WallTime(nanoseconds(0))), "1970-01-01T00:00:00Z");
    const base::WallTime time(std::chrono::seconds(1771322400) + nanoseconds(123400000));
    EXPECT_EQ(json_time(time), "2026-02-17T10:00:00.1234Z");
    EXPECT_EQ(json_time(time + nanoseconds(1)), "2026-02-17T10:00:00.123400001Z");
}

TEST(RefreshJson, AllWellIsOk) {
    const rapidjson::Document document = parsed(good_report());
    EXPECT_STREQ(document["status"].GetString(), "ok");
    EXPECT_EQ(document["model_count"].GetInt(), 2);
    EXPECT_EQ(document["provider_count"].GetInt(), 1);
    EXPECT_EQ(step_status(document, "config"), "ok");
    EXPECT_EQ(step_status(document, "providers"), "ok");
    EXPECT_EQ(step_status(document, "workflows"), "skipped");
}

TEST(RefreshJson, AProviderThatDoesNotAnswerMakesItPartial) {
    RefreshReport report = good_report();
    report.list_failures["acme"] = "timed out";
    rapidjson::Document document = parsed(report);
    EXPECT_STREQ(document["status"].GetString(), "partial");
    EXPECT_EQ(step_status(document, "providers"), "partial");
    report.models = 0;
    document = parsed(report);
    EXPECT_STREQ(document["status"].GetString(), "failed");
    EXPECT_EQ(step_status(document, "providers"), "failed");
}

TEST(RefreshJson, FailureListsEveryProblem) {
    RefreshReport report;
    report.problems.error("config.yaml:3", "usage.enabled", "expected true or false");
    report.problems.error("", "plugins", "a \xff.so: not a shared library");
    report.problems.warn("config.yaml:9", "prot", "unknown key");
    report.config_errors = 1;
    report.restart.push_back({"server.port", "PORT"});
    const rapidjson::Document document = parsed(report);
    EXPECT_STREQ(document["status"].GetString(), "failed");
    EXPECT_STREQ(document["outcome"].GetString(), "failed");
    EXPECT_EQ(step_status(document, "config"), "failed");
    EXPECT_EQ(step_status(document, "plugins"), "failed");
    EXPECT_EQ(step_status(document, "providers"), "skipped");
    ASSERT_EQ(document["problems"].Size(), 3u);
    EXPECT_STREQ(document["problems"][0]["where"].GetString(), "config.yaml:3");
    EXPECT_STREQ(document["problems"][2]["severity"].GetString(), "warning");
    EXPECT_STREQ(document["restart_required"][0]["key"].GetString(), "server.port");
}

TEST(GenerationsJson, TellsWhatRunsWhere) {
    auto generation = std::make_shared<gateway::Generation>();
    generation->number = 3;
    generation->trigger = "signal";
    generation->changes = {"setting usage.enabled"};
    generation->registry = std::make_shared<plugin::Registry>();
    rapidjson::Document document;
    document.Parse(generations_json({{generation, true, 5}}).c_str());
    EXPECT_EQ(document["current"].GetInt(), 3);
    const auto& only = document["generations"][0];
    EXPECT_TRUE(only["current"].GetBool());
    EXPECT_EQ(only["requests"].GetInt(), 5);
    EXPECT_STREQ(only["trigger"].GetString(), "signal");
    EXPECT_STREQ(only["changes"][0].GetString(), "setting usage.enabled");
    EXPECT_TRUE(only["modules"].IsArray());
}

TEST(GenerationsJson, ShowsTheTrialOfACanary) {
    auto canary = std::make_shared<gateway::Canary>();
    canary->rules.module = "/new/openai.so";
    canary->rules.share = 0.5;
    canary->rules.requests = 4;
    canary->sha256 = "abc";
    canary->trial = std::make_shared<gateway::CanaryTrial>(canary->rules, nullptr);
    canary->trial->finished(plugin::Build::kCurrent, false, std::chrono::microseconds(8));
    canary->trial->finished(plugin::Build::kCanary, true, std::chrono::microseconds(8));
    auto generation = std::make_shared<gateway::Generation>();
    generation->registry = std::make_shared<plugin::Registry>();
    generation->canary = canary;
    rapidjson::Document document;
    document.Parse(generations_json({{generation, true, 1}}).c_str());
    const auto& shown = document["generations"][0]["canary"];
    EXPECT_STREQ(shown["state"].GetString(), "rolled_back");
    EXPECT_STREQ(shown["file"].GetString(), "/new/openai.so");
    EXPECT_EQ(shown["share"].GetDouble(), 0.5);
    EXPECT_EQ(shown["promote_after"]["requests"].GetInt(), 4);
    EXPECT_EQ(shown["current"]["errors"].GetInt(), 0);
    EXPECT_EQ(shown["canary"]["errors"].GetInt(), 1);
    EXPECT_EQ(shown["canary"]["error_rate"].GetDouble(), 1);
    EXPECT_NEAR(shown["current"]["plugin_p90_ms"].GetDouble(), 0.009, 0.002);
}

}  // namespace
}  // namespace gomodel::admin
