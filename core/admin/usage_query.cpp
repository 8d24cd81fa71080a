#include "admin/usage_query.hpp"

#include "admin/date_range.hpp"
#include "config/user_path.hpp"
#include "record/usage_entry.hpp"

namespace gomodel::admin {
namespace {

constexpr std::int64_t kUsualUsageLimit = 50;
constexpr std::int64_t kMostUsageLimit = 200;

constexpr std::string_view kTokenSums = R"("input_tokens","output_tokens","total_tokens")";
constexpr std::string_view kCostSums = R"("input_cost","output_cost","total_cost")";

std::string bucket_of(std::string_view interval) {
    if (interval == "weekly") return "week";
    if (interval == "monthly") return "month";
    if (interval == "yearly") return "year";
    return "day";
}

CacheMode cache_mode_of(std::string_view text) {
    if (text == "cached") return CacheMode::kCached;
    if (text == "all") return CacheMode::kAll;
    return CacheMode::kUncached;
}

std::string report(const UsageQuery& query, std::string_view group, std::string_view order) {
    std::string text = R"({"table":"usage","where":[)" + usage_conditions(query) + "]";
    if (!group.empty()) text.append(R"(,"group":[)").append(group).append("]");
    text.append(R"(,"count":true,"sum":[)").append(kTokenSums).append(",").append(kCostSums);
    text += "]";
    if (!order.empty()) text.append(R"(,"order":[)").append(order).append("]");
    return text + "}";
}

std::string period_group(const UsageQuery& query) {
    return R"({"bucket":"timestamp","by":")" + query.bucket + R"(","zone":)" +
           json_string(query.zone) + R"(,"as":"date"})";
}

// `group` by the type of cache besides.
std::string cache_report(const UsageQuery& query, std::string_view group, std::string_view order) {
    UsageQuery cached = query;
    cached.cache_mode = CacheMode::kCached;
    return report(cached, std::string(group) + R"("cache_type")", order);
}

}  // namespace

base::Result<UsageQuery> read_usage_query(const QueryString& parameters, std::string_view zone,
                                          base::WallTime now) {
    base::Result<DateRange> range = read_date_range(parameters, zone, now);
    if (!range.ok()) return range.error();
    UsageQuery query;
    query.zone = std::move(range->zone);
    query.start = range->start;
    query.end = range->end;
    const base::Result<std::string> path = config::normalise_user_path(parameters["user_path"]);
    if (!path.ok()) {
        return base::Error{base::Code::kInvalid, "invalid user_path: " + path.error().message};
    }
    query.user_path = *path;
    query.bucket = bucket_of(parameters["interval"]);
    query.cache_mode = cache_mode_of(parameters["cache_mode"]);
    query.model = parameters["model"];
    query.provider = parameters["provider"];
    query.search = parameters["search"];
    query.limit = number_or(parameters["limit"], kUsualUsageLimit, kMostUsageLimit);
    if (query.limit == 0) query.limit = kUsualUsageLimit;
    query.offset = number_or(parameters["offset"], 0, kMostOffset);
    return query;
}

std::string usage_conditions(const UsageQuery& query) {
    std::string list = condition("timestamp", ">=", record::storage_time(query.start)) + "," +
                       condition("timestamp", "<", record::storage_time(query.end));
    constexpr std::string_view kNotCached =
        R"({"any":[["cache_type","null",true],["cache_type","=",""]]})";
    if (query.cache_mode == CacheMode::kUncached) list.append(",").append(kNotCached);
    if (query.cache_mode == CacheMode::kCached)
        list.append(R"(,{"not":)").append(kNotCached).append("}");
    if (!query.user_path.empty()) list += "," + condition("user_path", "under", query.user_path);
    // In "any", for the reason that the status of an audit entry is.
    if (!query.model.empty()) list += R"(,{"any":[)" + condition("model", "=", query.model) + "]}";
    if (!query.provider.empty()) {
        list += R"(,{"any":[)" + condition("provider", "=", query.provider) + "," +
                condition("provider_name", "=", query.provider) + "]}";
    }
    if (!query.search.empty()) {
        list += R"(,{"any":[)";
        for (const char* column :
             {"model", "provider", "provider_name", "request_id", "provider_id"}) {
            if (list.back() != '[') list += ',';
            list += condition(column, "contains", query.search);
        }
        list += "]}";
    }
    return list;
}

std::string summary_query(const UsageQuery& query) {
    return report(query, "", "");
}

std::string periods_query(const UsageQuery& query) {
    return report(query, period_group(query), R"(["date","asc"])");
}

std::string models_query(const UsageQuery& query) {
    return report(query, R"("model","provider",{"first":["provider_name","provider"],"as":"name"})",
                  R"(["sum_total_tokens","desc"],["model","asc"],["name","asc"])");
}

std::string user_paths_query(const UsageQuery& query) {
    return report(query, R"({"first":["user_path"],"else":"/","as":"path"})",
                  R"(["sum_total_tokens","desc"],["path","asc"])");
}

std::string log_query(const UsageQuery& query, LogPart part) {
    const std::string_view order = part.oldest_first ? R"(["timestamp","asc"],["id","asc"])"
                                                     : R"(["timestamp","desc"],["id","desc"])";
    std::string text = R"({"table":"usage",)";
    if (!part.unconditional) text += R"("where":[)" + usage_conditions(query) + "],";
    text.append(R"("order":[)").append(order);
    return text + R"(],"limit":)" + std::to_string(part.limit) + R"(,"offset":)" +
           std::to_string(part.offset) + "}";
}

std::string log_count_query(const UsageQuery& query) {
    return R"({"table":"usage","where":[)" + usage_conditions(query) + R"(],"count":true})";
}

std::string cache_types_query(const UsageQuery& query) {
    return cache_report(query, "", R"(["cache_type","asc"])");
}

std::string cache_periods_query(const UsageQuery& query) {
    return cache_report(query, period_group(query) + ",", R"(["date","asc"],["cache_type","asc"])");
}

}  // namespace gomodel::admin
