// The admin API's endpoints on the rules on who may use which model. Loop thread; changes are made
// on a worker's.
#pragma once

#include <gomodel/json_out.hpp>

#include <string>

#include "admin/control.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/model-overrides
net::Task<void> serve_model_overrides(gateway::RequestContext* context, Control control);
// PUT and DELETE /admin/api/v1/model-overrides/{selector}
net::Task<void> put_model_override(gateway::RequestContext* context, Control control,
                                   std::string selector);
net::Task<void> delete_model_override(gateway::RequestContext* context, Control control,
                                      std::string selector);

// The members of a rule, without the braces around them. Pure.
void write_rule(json::Out& out, const gateway::AccessRule& rule);

}  // namespace gomodel::admin
