// The admin API's endpoints on budgets and on when their windows begin. Loop thread; tables are
// read and changed on a worker's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/control.hpp"
#include "control/budgets.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/budgets
net::Task<void> serve_budgets(gateway::RequestContext* context, Control control);
// PUT and DELETE /admin/api/v1/budgets/{user_path}/{period}. `place`: the two of them.
net::Task<void> put_budget(gateway::RequestContext* context, Control control, std::string place);
net::Task<void> delete_budget(gateway::RequestContext* context, Control control, std::string place);
// POST /admin/api/v1/budgets/reset-one and /reset
net::Task<void> reset_budget(gateway::RequestContext* context, Control control);
net::Task<void> reset_budgets(gateway::RequestContext* context, Control control);
// GET and PUT /admin/api/v1/budgets/settings
net::Task<void> serve_budget_settings(gateway::RequestContext* context, Control control);
net::Task<void> put_budget_settings(gateway::RequestContext* context, Control control);

// The list of them. Pure.
std::string budgets_json(const std::vector<control::BudgetState>& budgets, base::WallTime now);

// "/team/alpha/daily", "team/alpha/86400": the budget it means. kInvalid: none. Pure.
base::Result<control::BudgetKey> budget_at(std::string_view place);

}  // namespace gomodel::admin
