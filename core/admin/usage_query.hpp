// What a request for a usage report asks for, and the same as queries of the storage interface.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "admin/query_string.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/time_zone.hpp"

namespace gomodel::admin {

enum class CacheMode { kUncached, kCached, kAll };

struct UsageQuery {
    std::string zone = "UTC";
    base::WallTime start{};  // half open: [start, end)
    base::WallTime end{};
    std::string bucket = "day";  // day, week, month, year
    std::string user_path;       // with everything below it; empty: any
    CacheMode cache_mode = CacheMode::kUncached;
    // Of the log.
    std::string model;     // empty: any
    std::string provider;  // type or name; empty: any
    std::string search;    // empty: any
    std::int64_t limit = 50;
    std::int64_t offset = 0;
};

// `zone`: of the header; empty: UTC. kInvalid: says what is wrong with which parameter.
base::Result<UsageQuery> read_usage_query(const QueryString& parameters, std::string_view zone,
                                          base::WallTime now);

// What a query of the storage has between the brackets of "where".
std::string usage_conditions(const UsageQuery& query);

std::string summary_query(const UsageQuery& query);
std::string periods_query(const UsageQuery& query);
std::string models_query(const UsageQuery& query);
std::string user_paths_query(const UsageQuery& query);
// Which rows of the log, and from which end of it they are reached.
struct LogPart {
    std::int64_t offset = 0;
    std::int64_t limit = 0;
    bool oldest_first = false;
    bool unconditional = false;  // every row of the table is in the log
};
std::string log_query(const UsageQuery& query, LogPart part);
std::string log_count_query(const UsageQuery& query);
// Of the whole table.
inline constexpr std::string_view kOldestUsage =
    R"({"table":"usage","select":["timestamp"],"order":["timestamp"],"limit":1})";
inline constexpr std::string_view kNewestUsage =
    R"({"table":"usage","select":["timestamp"],"order":[["timestamp","desc"]],"limit":1})";
inline constexpr std::string_view kCountUsage = R"({"table":"usage","count":true})";
inline constexpr std::string_view kCountCachedUsage =
    R"({"table":"usage","where":[["cache_type",">",""]],"count":true})";
// Of answers out of a cache, whatever the cache mode: by type of cache, and by period and type.
std::string cache_types_query(const UsageQuery& query);
std::string cache_periods_query(const UsageQuery& query);

}  // namespace gomodel::admin
