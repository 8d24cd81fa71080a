// The table of the audit log.
#pragma once

#include <string_view>

namespace gomodel::record {

inline constexpr std::string_view kAuditTable = "audit_logs";

// Its schema, as the storage interface wants it.
std::string_view audit_schema();

}  // namespace gomodel::record
