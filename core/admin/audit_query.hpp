// What a request for the audit log asks for, and the same as queries of the storage interface.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/date_range.hpp"

namespace gomodel::admin {

struct AuditQuery {
    DateRange range;
    // Empty or unset: any. Matched anywhere in the text, whatever the case:
    std::string requested_model;
    std::string provider;  // type or name
    std::string path;
    std::string error_type;
    std::string search;
    // Exactly:
    std::string method;
    std::string user_path;  // with everything below it
    std::optional<std::int64_t> status_code;
    std::optional<bool> stream;
    std::int64_t limit = 25;
    std::int64_t offset = 0;
};

// `zone`: of the header; empty: UTC. kInvalid: says what is wrong with which parameter.
base::Result<AuditQuery> read_audit_query(const QueryString& parameters, std::string_view zone,
                                          base::WallTime now);

std::string audit_log_query(const AuditQuery& query);
std::string audit_count_query(const AuditQuery& query);

// The entries with one of these values in a column or a member of `data`, oldest or newest first.
struct AuditLookup {
    std::vector<std::string> path;    // {"id"}, or {"data", "response_body", "id"}
    std::vector<std::string> values;  // at most 500
    std::string until;                // not after this time; empty: whenever
    bool newest_first = false;
    std::int64_t limit = 1;
};
std::string audit_lookup_query(const AuditLookup& lookup);

// The rows of usage with one of these ids or, for entries that older gateways wrote, request ids.
std::string audit_usage_query(const std::vector<std::string>& ids,
                              const std::vector<std::string>& request_ids);

}  // namespace gomodel::admin
