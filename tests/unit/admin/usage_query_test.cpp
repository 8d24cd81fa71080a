#include "admin/usage_query.hpp"

#include <gtest/gtest.h>
#include <gomodel/json_tree.hpp>

#include "record/usage_entry.hpp"

namespace gomodel::admin {
namespace {

// 2026-03-05 23:30 UTC: the sixth in Berlin.
const base::WallTime kNow{std::chrono::seconds(1'772'753'400)};

UsageQuery read(std::string_view parameters, std::string_view zone = "") {
    const base::Result<UsageQuery> query = read_usage_query(QueryString(parameters), zone, kNow);
    EXPECT_TRUE(query.ok()) << parameters;
    return query.ok() ? *query : UsageQuery();
}

std::string range(std::string_view parameters, std::string_view zone = "") {
    const UsageQuery query = read(parameters, zone);
    return record::storage_time(query.start).substr(0, 16) + ' ' +
           record::storage_time(query.end).substr(0, 16);
}

TEST(QueryString, IsDecodedOnce) {
    const QueryString query("a=1&b=two+%2Bwords&c&d=%&e=%zz&a=2&f=%2525&=x&g=%41%");
    EXPECT_EQ(query["a"], "1");
    EXPECT_EQ(query["b"], "two +words");
    EXPECT_EQ(query["c"], "");
    EXPECT_EQ(query["d"], "%");
    EXPECT_EQ(query["e"], "%zz");
    EXPECT_EQ(query["f"], "%25");
    EXPECT_EQ(query["g"], "A%");
    EXPECT_EQ(query["absent"], "");
}

TEST(UsageQuery, RangesAreDaysOfTheZone) {
    EXPECT_EQ(range(""), "2026-02-04T00:00 2026-03-06T00:00");
    EXPECT_EQ(range("", "Europe/Berlin"), "2026-02-04T23:00 2026-03-06T23:00");
    EXPECT_EQ(range("days=1"), "2026-03-05T00:00 2026-03-06T00:00");
    EXPECT_EQ(range("start_date=2026-03-01"), "2026-03-01T00:00 2026-03-06T00:00");
    EXPECT_EQ(range("end_date=2026-03-01"), "2026-01-31T00:00 2026-03-02T00:00");
    EXPECT_EQ(range("start_date=2026-03-29&end_date=2026-03-29", "Europe/Berlin"),
              "2026-03-28T23:00 2026-03-29T22:00");
}

TEST(UsageQuery, WhatIsUnknownIsTheDefault) {
    const UsageQuery query = read("interval=hourly&cache_mode=x&limit=-1&offset=a&days=none");
    EXPECT_EQ(query.bucket, "day");
    EXPECT_EQ(query.cache_mode, CacheMode::kUncached);
    EXPECT_EQ(query.limit, 50);
    EXPECT_EQ(query.offset, 0);
    EXPECT_EQ(read("limit=500").limit, 200);
    EXPECT_EQ(read("interval=yearly").bucket, "year");
}

TEST(UsageQuery, EveryQueryIsJsonWhateverIsSearchedFor) {
    UsageQuery query = read("user_path=/a&model=m&provider=p&cache_mode=cached");
    query.search = std::string("\"]}\\ \0\xff", 8);
    for (const std::string& text :
         {summary_query(query), periods_query(query), models_query(query), user_paths_query(query),
          log_query(query, {}), log_count_query(query)}) {
        const json::Tree tree(text);
        ASSERT_TRUE(tree.root().is_object()) << text;
        EXPECT_EQ(tree.root()["table"].text(), "usage");
        EXPECT_EQ(tree.root()["where"].size(), 7u) << text;
    }
}

}  // namespace
}  // namespace gomodel::admin
