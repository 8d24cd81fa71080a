// The admin API's endpoints on aliases. Loop thread; changes are made on a worker's.
#pragma once

#include <string>

#include "admin/control.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/aliases
net::Task<void> serve_aliases(gateway::RequestContext* context, Control control);
// PUT and DELETE /admin/api/v1/aliases/{name}
net::Task<void> put_alias(gateway::RequestContext* context, Control control, std::string name);
net::Task<void> delete_alias(gateway::RequestContext* context, Control control, std::string name);

// The list of them, with what they mean now. Pure.
std::string aliases_json(const gateway::AliasTable& aliases, const gateway::Catalog& catalog);

}  // namespace gomodel::admin
