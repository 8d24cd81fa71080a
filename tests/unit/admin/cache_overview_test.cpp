// Hits of both caches are added up; a saving that nobody knows is null.
#include <gtest/gtest.h>

#include "admin/usage_json.hpp"
#include "admin/usage_query.hpp"

namespace gomodel::admin {
namespace {

std::string row(std::string_view date, std::string_view type, int count, std::string_view cost) {
    std::string text = "{";
    if (!date.empty()) text += R"("date":")" + std::string(date) + R"(",)";
    return text + R"("cache_type":")" + std::string(type) + R"(","count":)" +
           std::to_string(count) +
           R"(,"sum_input_tokens":10,"sum_output_tokens":4,"sum_total_tokens":14,"sum_total_cost":)" +
           std::string(cost) + "}";
}

TEST(CacheOverview, AddsUpTypes) {
    const Rows types{row("", "exact", 5, "0.25"), row("", "semantic", 2, "null"),
                     row("", "other", 9, "9")};
    const Rows dates{row("2026-02-16", "exact", 1, "null"), row("2026-02-17", "exact", 4, "0.25"),
                     row("2026-02-17", "semantic", 2, "0.5")};
    EXPECT_EQ(
        cache_overview_json(types, dates),
        R"({"summary":{"total_hits":7,"exact_hits":5,"semantic_hits":2,"total_input_tokens":20,)"
        R"("total_output_tokens":8,"total_tokens":28,"total_saved_cost":0.25},"daily":[)"
        R"({"date":"2026-02-16","hits":1,"exact_hits":1,"semantic_hits":0,"input_tokens":10,)"
        R"("output_tokens":4,"total_tokens":14,"saved_cost":null},)"
        R"({"date":"2026-02-17","hits":6,"exact_hits":4,"semantic_hits":2,"input_tokens":20,)"
        R"("output_tokens":8,"total_tokens":28,"saved_cost":0.75}]})");
}

TEST(CacheOverview, OfNothingIsNothing) {
    EXPECT_EQ(cache_overview_json({}, {}),
              R"({"summary":{"total_hits":0,"exact_hits":0,"semantic_hits":0,)"
              R"("total_input_tokens":0,"total_output_tokens":0,"total_tokens":0,)"
              R"("total_saved_cost":null},"daily":[]})");
}

TEST(CacheOverview, AsksForCachedAnswersOnly) {
    UsageQuery query;
    query.cache_mode = CacheMode::kUncached;
    EXPECT_NE(cache_types_query(query).find(R"({"not":{"any":[["cache_type","null",true])"),
              std::string::npos);
    EXPECT_NE(cache_periods_query(query).find(R"("as":"date"},"cache_type"])"), std::string::npos);
}

}  // namespace
}  // namespace gomodel::admin
