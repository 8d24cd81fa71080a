// The admin API's views of the audit log: its entries, and one conversation. Loop thread; the
// storage is asked on a worker's.
#pragma once

#include <string_view>

#include "admin/usage.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/audit/... with the request's query. Without a storage there are no entries.
net::Task<void> serve_audit_log(gateway::RequestContext* context, Usage storage,
                                std::string_view query);
net::Task<void> serve_audit_conversation(gateway::RequestContext* context, Usage storage,
                                         std::string_view query);

}  // namespace gomodel::admin
