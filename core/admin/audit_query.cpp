#include "admin/audit_query.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "config/user_path.hpp"
#include "record/usage_entry.hpp"

namespace gomodel::admin {
namespace {

constexpr std::int64_t kUsualAuditLimit = 25;
constexpr std::int64_t kMostAuditLimit = 100;
constexpr std::string_view kErrorMessage = R"({"json":"data","path":["error_message"]})";

std::optional<bool> read_bool(const std::string& text) {
    const std::string word = base::lower(text);
    if (word == "true" || word == "t" || word == "1") return true;
    if (word == "false" || word == "f" || word == "0") return false;
    return std::nullopt;
}

std::optional<std::int64_t> read_integer(const std::string& text) {
    std::string_view digits = text;
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    const std::optional<std::uint64_t> value = base::parse_decimal(digits);
    if (!value || *value > 1'000'000'000) return std::nullopt;
    const auto number = static_cast<std::int64_t>(*value);
    return negative ? -number : number;
}

std::string any_contains(std::initializer_list<const char*> columns, const std::string& value) {
    std::string list;
    for (const char* column : columns)
        list += (list.empty() ? "" : ",") + condition(column, "contains", value);
    return list;
}

std::string conditions(const AuditQuery& query) {
    std::string list = condition("timestamp", ">=", record::storage_time(query.range.start)) + "," +
                       condition("timestamp", "<", record::storage_time(query.range.end));
    const auto contains = [&list](const char* column, const std::string& value) {
        if (!value.empty()) list += "," + condition(column, "contains", value);
    };
    contains("requested_model", query.requested_model);
    contains("path", query.path);
    contains("error_type", query.error_type);
    if (!query.provider.empty())
        list += R"(,{"any":[)" + any_contains({"provider", "provider_name"}, query.provider) + "]}";
    if (!query.method.empty()) list += "," + condition("method", "=", query.method);
    if (!query.user_path.empty()) list += "," + condition("user_path", "under", query.user_path);
    // In "any": a database that would go by such a value goes by the time instead, of which there
    // are fewer rows than of a value that half of them have.
    if (query.status_code)
        list += R"(,{"any":[["status_code","=",)" + std::to_string(*query.status_code) + "]]}";
    if (query.stream)
        list += std::string(R"(,["stream","=",)") + (*query.stream ? "true]" : "false]");
    if (!query.search.empty()) {
        list += R"(,{"any":[)" +
                any_contains({"request_id", "auth_key_id", "requested_model", "provider",
                              "provider_name", "method", "path", "user_path", "error_type"},
                             query.search);
        list.append(",[").append(kErrorMessage).append(R"(,"contains",)");
        list += json_string(query.search) + "]]}";
    }
    return list;
}

std::string json_list(const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values)
        list += (list.empty() ? "" : ",") + json_string(value);
    return "[" + list + "]";
}

}  // namespace

base::Result<AuditQuery> read_audit_query(const QueryString& parameters, std::string_view zone,
                                          base::WallTime now) {
    base::Result<DateRange> range = read_date_range(parameters, zone, now);
    if (!range.ok()) return range.error();
    AuditQuery query;
    query.range = std::move(*range);
    const base::Result<std::string> path = config::normalise_user_path(parameters["user_path"]);
    if (!path.ok()) {
        return base::Error{base::Code::kInvalid, "invalid user_path: " + path.error().message};
    }
    query.user_path = *path;
    const std::string& model = parameters["requested_model"];
    query.requested_model = model.empty() ? parameters["model"] : model;
    query.provider = parameters["provider"];
    query.path = parameters["path"];
    query.error_type = parameters["error_type"];
    query.search = parameters["search"];
    query.method = base::upper(parameters["method"]);
    if (const std::string& status = parameters["status_code"]; !status.empty()) {
        query.status_code = read_integer(status);
        if (!query.status_code) return base::invalid("invalid status_code, expected integer");
    }
    if (const std::string& stream = parameters["stream"]; !stream.empty()) {
        query.stream = read_bool(stream);
        if (!query.stream) return base::invalid("invalid stream value, expected true or false");
    }
    query.limit = number_or(parameters["limit"], kUsualAuditLimit, kMostAuditLimit);
    if (query.limit == 0) query.limit = kUsualAuditLimit;
    query.offset = number_or(parameters["offset"], 0, kMostOffset);
    return query;
}

std::string audit_log_query(const AuditQuery& query) {
    return R"({"table":"audit_logs","where":[)" + conditions(query) +
           R"(],"order":[["timestamp","desc"],["id","desc"]],"limit":)" +
           std::to_string(query.limit) + R"(,"offset":)" + std::to_string(query.offset) + "}";
}

std::string audit_count_query(const AuditQuery& query) {
    return R"({"table":"audit_logs","where":[)" + conditions(query) + R"(],"count":true})";
}

std::string audit_lookup_query(const AuditLookup& lookup) {
    std::string column = json_string(lookup.path[0]);
    if (lookup.path.size() > 1) {
        const std::vector<std::string> below(lookup.path.begin() + 1, lookup.path.end());
        column = R"({"json":)" + column + R"(,"path":)" + json_list(below) + "}";
    }
    std::string where = "[" + column + R"(,"in",)" + json_list(lookup.values) + "]";
    if (!lookup.until.empty()) where += "," + condition("timestamp", "<=", lookup.until);
    const std::string order = lookup.newest_first ? "desc" : "asc";
    return R"({"table":"audit_logs","where":[)" + where + R"(],"order":[["timestamp",")" + order +
           R"("],["id",")" + order + R"("]],"limit":)" + std::to_string(lookup.limit) + "}";
}

std::string audit_usage_query(const std::vector<std::string>& ids,
                              const std::vector<std::string>& request_ids) {
    return R"({"table":"usage","where":[{"any":[["id","in",)" + json_list(ids) +
           R"(],["request_id","in",)" + json_list(request_ids) + "]]}]}";
}

}  // namespace gomodel::admin
