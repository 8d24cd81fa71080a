#include "control/budget_row.hpp"

#include <gtest/gtest.h>

namespace gomodel::control {
namespace {

constexpr base::WallTime kTen{std::chrono::hours(24 * 20'000 + 10)};

TEST(BudgetRow, IsWrittenWithTimesInSeconds) {
    const BudgetRow row{{"/te\"am", 86400}, 12.5, "manual", kTen, kTen, kTen};
    EXPECT_EQ(to_row(row),
              R"([{"user_path":"/te\"am","period_seconds":86400,"amount":12.5,"source":"manual",)"
              R"("last_reset_at":1728036000,"created_at":1728036000,"updated_at":1728036000}])");
    EXPECT_EQ(where_budget(row.key), R"({"table":"budgets","where":[["user_path","=","/te\"am"],)"
                                     R"(["period_seconds","=",86400]]})");
}

TEST(BudgetRow, IsReadAsStoragesGiveIt) {
    const auto row = parse_budget(
        R"({"user_path":" team//a/","period_seconds":604800,"amount":3,"source":"config",)"
        R"("last_reset_at":null,"created_at":"2024-10-04T10:00:00Z",)"
        R"("updated_at":"2024-10-04T10:00:00Z"})");
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->key, (BudgetKey{"/team/a", 604800}));
    EXPECT_EQ(row->amount, 3);
    EXPECT_EQ(row->source, "config");
    EXPECT_FALSE(row->last_reset_at.has_value());
    EXPECT_EQ(row->created_at, kTen);
}

TEST(BudgetRow, OneWithoutPeriodOrAmountIsNone) {
    for (const char* const text : {R"({})", R"({"user_path":"/a","period_seconds":0,"amount":1})",
                                   R"({"user_path":"/a","period_seconds":5,"amount":0})",
                                   R"({"user_path":"/a","period_seconds":5,"amount":-1})",
                                   R"({"user_path":"/a/../b","period_seconds":5,"amount":1})"}) {
        EXPECT_FALSE(parse_budget(text).has_value()) << text;
    }
}

TEST(BudgetRow, AsksForWhatAPathAndThoseBelowItHaveSpent) {
    EXPECT_EQ(spent_query("/team", kTen, kTen + std::chrono::milliseconds(1500)),
              R"({"table":"usage","where":[["timestamp",">=","2024-10-04T10:00:00.000000000Z"],)"
              R"(["timestamp","<","2024-10-04T10:00:01.500000000Z"],)"
              R"({"any":[["cache_type","null",true],["cache_type","=",""]]},)"
              R"(["user_path","under","/team"]],"sum":["total_cost"]})");
    EXPECT_EQ(spent_query("/", kTen, kTen).find("user_path"), std::string::npos)
        << "rows without a path are below it, too";
    EXPECT_EQ(parse_spent(R"({"sum_total_cost":1.25})"), 1.25);
    EXPECT_EQ(parse_spent(R"({"sum_total_cost":null})"), std::nullopt);
}

}  // namespace
}  // namespace gomodel::control
