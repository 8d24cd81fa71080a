#include "admin/usage_count.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gomodel::admin {
namespace {

// Answers queries with the rows it was given for them.
class Scripted final : public record::Storage {
public:
    std::map<std::string, std::string, std::less<>> rows;
    std::vector<std::string> asked;

    base::Status ensure(std::string_view) override { return {}; }
    base::Status write(std::string_view, std::string_view, record::WriteMode) override {
        return {};
    }
    base::Status read(std::string_view query, const Take& take) override {
        asked.emplace_back(query);
        const auto found = rows.find(query);
        if (found == rows.end()) return base::Error{base::Code::kInternal, "not expected"};
        if (!found->second.empty()) take(found->second);
        return {};
    }
    base::Result<std::uint64_t> update(std::string_view, std::string_view) override { return 0u; }
    base::Result<std::uint64_t> erase(std::string_view) override { return 0u; }
};

class UsageCount : public ::testing::Test {
protected:
    UsageCount() {
        query.start = base::WallTime(std::chrono::seconds(1'000'000'000));  // 2001-09-09
        query.end = base::WallTime(std::chrono::seconds(2'000'000'000));    // 2033-05-18
        storage.rows.emplace(kOldestUsage, R"({"timestamp":"2020-01-01T00:00:00.000000000Z"})");
        storage.rows.emplace(kNewestUsage, R"({"timestamp":"2030-01-01T00:00:00.000000000Z"})");
        storage.rows.emplace(kCountUsage, R"({"count":100})");
        storage.rows.emplace(kCountCachedUsage, R"({"count":30})");
    }
    std::int64_t counted() {
        storage.rows.insert_or_assign(log_count_query(query), R"({"count":7})");
        const auto count = count_usage(storage, query);
        EXPECT_TRUE(count.ok());
        everything = count.ok() && count->everything;
        return count.ok() ? count->rows : -1;
    }

    Scripted storage;
    UsageQuery query;
    bool everything = false;  // as last counted
};

TEST_F(UsageCount, ARangeOfEverythingIsTheWholeTable) {
    EXPECT_EQ(counted(), 70);
    EXPECT_FALSE(everything);
    query.cache_mode = CacheMode::kAll;
    EXPECT_EQ(counted(), 100);
    EXPECT_TRUE(everything);
    query.cache_mode = CacheMode::kCached;
    EXPECT_EQ(counted(), 30);
    EXPECT_FALSE(everything);
}

TEST_F(UsageCount, WithNothingFromACacheAllRowsAreUncached) {
    storage.rows.insert_or_assign(std::string(kCountCachedUsage), R"({"count":0})");
    EXPECT_EQ(counted(), 100);
    EXPECT_TRUE(everything);
    query.cache_mode = CacheMode::kCached;
    EXPECT_EQ(counted(), 0);
    EXPECT_FALSE(everything);
}

TEST_F(UsageCount, RowsOutsideOfTheRangeAreNotCounted) {
    for (const char* time : {"2001-09-09T01:46:39.999999999Z", "1999-01-01T00:00:00Z"}) {
        storage.rows.insert_or_assign(std::string(kOldestUsage),
                                      R"({"timestamp":")" + std::string(time) + "\"}");
        EXPECT_EQ(counted(), 7) << time;
        EXPECT_FALSE(everything) << time;
    }
    storage.rows.insert_or_assign(std::string(kOldestUsage),
                                  R"({"timestamp":"2001-09-09T01:46:40Z"})");
    EXPECT_EQ(counted(), 70);
    storage.rows.insert_or_assign(std::string(kNewestUsage),
                                  R"({"timestamp":"2033-05-18T03:33:20Z"})");
    EXPECT_EQ(counted(), 7);
}

TEST_F(UsageCount, AnEmptyTableHasNone) {
    storage.rows.insert_or_assign(std::string(kOldestUsage), "");
    EXPECT_EQ(counted(), 7);
}

TEST_F(UsageCount, WithAFilterOnlyWhatItLeavesIsCounted) {
    for (std::string UsageQuery::*filter :
         {&UsageQuery::user_path, &UsageQuery::model, &UsageQuery::provider, &UsageQuery::search}) {
        query.*filter = "x";
        storage.asked.clear();
        EXPECT_EQ(counted(), 7);
        EXPECT_FALSE(everything);
        EXPECT_EQ(storage.asked, std::vector<std::string>{log_count_query(query)});
        (query.*filter).clear();
    }
}

TEST_F(UsageCount, AStorageThatFailsIsAnError) {
    for (const std::string_view missing :
         {kOldestUsage, kNewestUsage, kCountUsage, kCountCachedUsage}) {
        const auto node = storage.rows.extract(storage.rows.find(missing));
        EXPECT_FALSE(count_usage(storage, query).ok()) << missing;
        storage.rows.insert({node.key(), node.mapped()});
    }
}

}  // namespace
}  // namespace gomodel::admin
