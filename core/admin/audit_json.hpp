// The admin API's JSON of the audit log, made of the storage's rows. Pure.
#pragma once

#include <string>
#include <vector>

namespace gomodel::admin {

using AuditRows = std::vector<std::string>;  // JSON objects

// True iff the row was written by a gateway that gives its usage the same id.
bool has_usage_by_id(const std::string& row);

// The list of the entries, in the rows' order, each with the sums of its rows of usage.
std::string audit_entries_json(const AuditRows& rows, const AuditRows& usage);
std::string audit_log_json(const std::string& entries, const AuditRows& counted, std::int64_t limit,
                           std::int64_t offset);

}  // namespace gomodel::admin
