#include "admin/budgets.hpp"

#include <gtest/gtest.h>

namespace gomodel::admin {
namespace {

TEST(BudgetPlaces, NameAPathAndAPeriod) {
    const struct {
        const char* place;
        const char* path;
        std::int64_t seconds;
    } kCases[] = {
        {"/team/alpha/daily", "/team/alpha", 86400},
        {"team/Weekly", "/team", 604800},
        {"//monthly", "/", 2592000},
        {"/hourly", "/", 3600},
        {"/team/7200", "/team", 7200},
    };
    for (const auto& each : kCases) {
        const base::Result<control::BudgetKey> key = budget_at(each.place);
        ASSERT_TRUE(key.ok()) << each.place;
        EXPECT_EQ(*key, (control::BudgetKey{each.path, each.seconds})) << each.place;
    }
}

TEST(BudgetPlaces, ThatAreNoneAreRefused) {
    constexpr const char* kPeriods =
        "period must be one of hourly, daily, weekly, monthly or period_seconds must be set";
    const struct {
        const char* place;
        const char* message;
    } kCases[] = {
        {"daily", kPeriods},
        {"/team/", kPeriods},
        {"/team/yearly", kPeriods},
        {"/team/0", "period_seconds must be greater than 0"},
        {"/team/9999999999999", "period_seconds must be at most 316224000"},
    };
    for (const auto& each : kCases) {
        const base::Result<control::BudgetKey> key = budget_at(each.place);
        ASSERT_FALSE(key.ok()) << each.place;
        EXPECT_EQ(key.error().message, each.message) << each.place;
    }
    EXPECT_FALSE(budget_at("/a/../b/daily").ok());
}

TEST(BudgetsJson, HasTheShapeClientsKnow) {
    const base::WallTime start{std::chrono::hours(24 * 20'000)};
    const base::WallTime now = start + std::chrono::hours(6);
    control::BudgetState state;
    state.row = {{"/a", 86400}, 4, "manual", start, start, start};
    state.reading = {{start, start + std::chrono::hours(24)}, 5, 0, true, true};
    EXPECT_EQ(budgets_json({state}, now),
              R"({"budgets":[{"user_path":"/a","period_seconds":86400,"period_label":"daily",)"
              R"("amount":4.0,"source":"manual","last_reset_at":"2024-10-04T00:00:00Z",)"
              R"("created_at":"2024-10-04T00:00:00Z","updated_at":"2024-10-04T00:00:00Z",)"
              R"("period_start":"2024-10-04T00:00:00Z","period_end":"2024-10-05T00:00:00Z",)"
              R"("spent":5.0,"has_usage":true,"remaining":-1.0,"usage_ratio":1.25,)"
              R"("period_ratio":0.25}],"server_time":"2024-10-04T06:00:00Z"})");
}

}  // namespace
}  // namespace gomodel::admin
