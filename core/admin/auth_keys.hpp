// The admin API's endpoints on managed API keys. Loop thread; changes are made on a worker's.
#pragma once

#include <string>

#include "admin/control.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/auth-keys
net::Task<void> serve_auth_keys(gateway::RequestContext* context, Control control);
// POST /admin/api/v1/auth-keys: the only answer that holds the secret.
net::Task<void> create_auth_key(gateway::RequestContext* context, Control control);
// POST /admin/api/v1/auth-keys/{id}/deactivate
net::Task<void> deactivate_auth_key(gateway::RequestContext* context, Control control,
                                    std::string id);

// The list of them. Pure.
std::string auth_keys_json(const gateway::KeyTable& keys, base::WallTime now);

}  // namespace gomodel::admin
