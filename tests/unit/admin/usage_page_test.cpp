#include "admin/usage_page.hpp"

#include <gtest/gtest.h>
#include <gomodel/json_tree.hpp>

#include <algorithm>

namespace gomodel::admin {
namespace {

// A table of usage whose rows, the newest first, are the numbers from `count` - 1 down to 0.
class Numbers final : public record::Storage {
public:
    explicit Numbers(std::int64_t count) : count_(count) {}

    std::int64_t counted = -1;  // what it says it has, when it is not what it has
    bool cached = false;        // one of them is from a cache
    // Of the last page asked for.
    std::int64_t walked = 0;
    bool conditions = false;

    base::Status ensure(std::string_view) override { return {}; }
    base::Status write(std::string_view, std::string_view, record::WriteMode) override {
        return {};
    }
    base::Status read(std::string_view text, const Take& take) override {
        const json::Tree query(text);
        if (text == kOldestUsage || text == kNewestUsage) {
            take(R"({"timestamp":"2020-01-01T00:00:00Z"})");
        } else if (query.root()["count"].is_true()) {
            const std::int64_t all = counted < 0 ? count_ : counted;
            take(R"({"count":)" + std::to_string(text == kCountCachedUsage ? cached : all) + "}");
        } else {
            page(query.root(), take);
        }
        return {};
    }
    base::Result<std::uint64_t> update(std::string_view, std::string_view) override { return 0u; }
    base::Result<std::uint64_t> erase(std::string_view) override { return 0u; }

private:
    void page(json::Node query, const Take& take) {
        const std::string_view order = query["order"].raw();
        const bool down = order == R"([["timestamp","desc"],["id","desc"]])";
        ASSERT_TRUE(down || order == R"([["timestamp","asc"],["id","asc"]])") << order;
        walked = query["offset"].integer().value_or(0);
        conditions = !query["where"].missing();
        const std::int64_t end = std::min(count_, walked + query["limit"].integer().value_or(0));
        for (std::int64_t i = walked; i < end; ++i)
            take(std::to_string(down ? count_ - 1 - i : i));
    }

    const std::int64_t count_;
};

UsageQuery query_of(std::int64_t offset, std::int64_t limit) {
    UsageQuery query;
    query.end = base::WallTime(std::chrono::seconds(2'000'000'000));
    query.offset = offset;
    query.limit = limit;
    return query;
}

Rows expected(std::int64_t count, std::int64_t offset, std::int64_t limit) {
    Rows rows;
    for (std::int64_t i = offset; i < std::min(count, offset + limit); ++i)
        rows.push_back(std::to_string(count - 1 - i));
    return rows;
}

TEST(UsagePage, EveryPageOfEverySizeIsThatPartOfTheLog) {
    for (std::int64_t count = 0; count <= 12; ++count) {
        for (std::int64_t limit = 1; limit <= 14; ++limit) {
            for (std::int64_t offset = 0; offset <= 14; ++offset) {
                Numbers storage(count);
                const auto page = read_usage_page(storage, query_of(offset, limit));
                ASSERT_TRUE(page.ok());
                EXPECT_EQ(page->total, count);
                EXPECT_EQ(page->rows, expected(count, offset, limit))
                    << offset << " and " << limit << " of " << count;
                EXPECT_LE(storage.walked, count / 2);
            }
        }
    }
}

// Pages with a page of 50 before and behind them, of a table of a million.
TEST(UsagePage, NoPageIsFartherThanHalfOfTheTable) {
    constexpr std::int64_t kRows = 1'000'000;
    Numbers storage(kRows);
    for (const auto& [offset, walked] : {std::pair<std::int64_t, std::int64_t>{0, 0},
                                         {499'950, 499'950},
                                         {500'000, 499'950},
                                         {749'950, 250'000},
                                         {999'900, 50},
                                         {999'950, 0}}) {
        const auto page = read_usage_page(storage, query_of(offset, 50));
        ASSERT_TRUE(page.ok());
        EXPECT_EQ(page->rows, expected(kRows, offset, 50)) << offset;
        EXPECT_EQ(storage.walked, walked) << offset;
    }
}

TEST(UsagePage, FarOutConditionsThatEveryRowMeetsAreNotAsked) {
    Numbers storage(100'000);
    for (const auto& [offset, asked] : {std::pair<std::int64_t, bool>{0, true},
                                        {9'999, true},
                                        {10'000, false},
                                        {80'000, false},
                                        {99'000, true}}) {
        ASSERT_TRUE(read_usage_page(storage, query_of(offset, 50)).ok());
        EXPECT_EQ(storage.conditions, asked) << offset;
    }
    storage.cached = true;
    ASSERT_TRUE(read_usage_page(storage, query_of(20'000, 50)).ok());
    EXPECT_TRUE(storage.conditions);
    UsageQuery all = query_of(20'000, 50);
    all.cache_mode = CacheMode::kAll;
    ASSERT_TRUE(read_usage_page(storage, all).ok());
    EXPECT_FALSE(storage.conditions);
    all.model = "m";
    ASSERT_TRUE(read_usage_page(storage, all).ok());
    EXPECT_TRUE(storage.conditions);
}

// Seen from the old end, rows that come meanwhile move none.
TEST(UsagePage, RowsThatCameSinceTheyWereCountedDoNotMoveThePagesOfTheOld) {
    Numbers storage(105);
    storage.counted = 100;
    const auto page = read_usage_page(storage, query_of(90, 10));
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->total, 100);
    EXPECT_EQ(page->rows, expected(10, 0, 10));
}

}  // namespace
}  // namespace gomodel::admin
