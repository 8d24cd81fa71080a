#include "admin/usage_query.hpp"

#include <gomodel/json_out.hpp>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "config/user_path.hpp"
#include "record/usage_entry.hpp"

namespace gomodel::admin {
namespace {

namespace chr = std::chrono;

constexpr std::uint64_t kUsualDays = 30;
constexpr std::uint64_t kMostDays = 366 * 200;
constexpr std::int64_t kUsualLimit = 50;
constexpr std::int64_t kMostLimit = 200;
constexpr std::int64_t kMostOffset = 1'000'000'000'000;

constexpr std::string_view kTokenSums = R"("input_tokens","output_tokens","total_tokens")";
constexpr std::string_view kCostSums = R"("input_cost","output_cost","total_cost")";

// YYYY-MM-DD
std::optional<chr::sys_days> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = base::parse_decimal(text.substr(0, 4));
    const auto month = base::parse_decimal(text.substr(5, 2));
    const auto day = base::parse_decimal(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const chr::year_month_day date{chr::year(static_cast<int>(*year)),
                                   chr::month(static_cast<unsigned>(*month)),
                                   chr::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *year < 1970 || *year > 2200) return std::nullopt;
    return chr::sys_days(date);
}

base::Error bad_date(std::string_view name) {
    return {base::Code::kInvalid, "invalid " + std::string(name) + " format, expected YYYY-MM-DD"};
}

base::Status read_range(const QueryString& parameters, const base::TimeZone& zone,
                        base::WallTime now, UsageQuery& query) {
    const std::string& start = parameters["start_date"];
    const std::string& end = parameters["end_date"];
    const std::optional<chr::sys_days> from = parse_date(start);
    const std::optional<chr::sys_days> to = parse_date(end);
    if (!start.empty() && !from) return bad_date("start_date");
    if (!end.empty() && !to) return bad_date("end_date");
    const chr::sys_days last = to.value_or(zone.day_of(now));
    chr::sys_days first = from.value_or(last - chr::days(kUsualDays - 1));
    if (!from && !to) {
        const std::uint64_t wanted = base::parse_decimal(parameters["days"]).value_or(0);
        const std::uint64_t days = wanted == 0 ? kUsualDays : std::min(wanted, kMostDays);
        first = last - chr::days(static_cast<std::int64_t>(days) - 1);
    }
    query.start = zone.start_of(first);
    query.end = zone.start_of(last + chr::days(1));
    return {};
}

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

std::string json_string(std::string_view text) {
    std::string json;
    json::append_quoted(json, base::replace_invalid_utf8(text));
    return json;
}

std::string condition(std::string_view column, std::string_view op, std::string_view value) {
    return "[\"" + std::string(column) + "\",\"" + std::string(op) + "\"," + json_string(value) +
           "]";
}

std::string conditions(const UsageQuery& query) {
    std::string list = condition("timestamp", ">=", record::storage_time(query.start)) + "," +
                       condition("timestamp", "<", record::storage_time(query.end));
    constexpr std::string_view kNotCached =
        R"({"any":[["cache_type","null",true],["cache_type","=",""]]})";
    if (query.cache_mode == CacheMode::kUncached) list.append(",").append(kNotCached);
    if (query.cache_mode == CacheMode::kCached)
        list.append(R"(,{"not":)").append(kNotCached).append("}");
    if (!query.user_path.empty()) list += "," + condition("user_path", "under", query.user_path);
    if (!query.model.empty()) list += "," + condition("model", "=", query.model);
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

std::string report(const UsageQuery& query, std::string_view group, std::string_view order) {
    std::string text = R"({"table":"usage","where":[)" + conditions(query) + "]";
    if (!group.empty()) text.append(R"(,"group":[)").append(group).append("]");
    text.append(R"(,"count":true,"sum":[)").append(kTokenSums).append(",").append(kCostSums);
    text += "]";
    if (!order.empty()) text.append(R"(,"order":[)").append(order).append("]");
    return text + "}";
}

std::int64_t number_or(const std::string& text, std::int64_t usual, std::int64_t most) {
    const std::optional<std::uint64_t> value = base::parse_decimal(text);
    if (!value) return usual;
    return static_cast<std::int64_t>(std::min(*value, static_cast<std::uint64_t>(most)));
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
    UsageQuery query;
    zone = base::trim(zone);
    if (!zone.empty()) query.zone = zone;
    const std::optional<base::TimeZone> known =
        query.zone == "UTC" ? base::TimeZone::utc() : base::TimeZone::load(query.zone);
    if (!known) {
        return base::Error{base::Code::kInvalid,
                           "invalid X-GoModel-Timezone header: expected the name of a time zone, "
                           "such as Europe/Berlin"};
    }
    if (base::Status range = read_range(parameters, *known, now, query); !range.ok())
        return range.error();
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
    query.limit = number_or(parameters["limit"], kUsualLimit, kMostLimit);
    if (query.limit == 0) query.limit = kUsualLimit;
    query.offset = number_or(parameters["offset"], 0, kMostOffset);
    return query;
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

std::string log_query(const UsageQuery& query) {
    return R"({"table":"usage","where":[)" + conditions(query) +
           R"(],"order":[["timestamp","desc"],["id","desc"]],"limit":)" +
           std::to_string(query.limit) + R"(,"offset":)" + std::to_string(query.offset) + "}";
}

std::string log_count_query(const UsageQuery& query) {
    return R"({"table":"usage","where":[)" + conditions(query) + R"(],"count":true})";
}

std::string cache_types_query(const UsageQuery& query) {
    return cache_report(query, "", R"(["cache_type","asc"])");
}

std::string cache_periods_query(const UsageQuery& query) {
    return cache_report(query, period_group(query) + ",", R"(["date","asc"],["cache_type","asc"])");
}

}  // namespace gomodel::admin
