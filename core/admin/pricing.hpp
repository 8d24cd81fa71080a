// The admin API's endpoints on the prices that operators set. Loop thread; the storage is asked,
// and changed, on a worker's.
#pragma once

#include <string>
#include <vector>

#include "admin/control.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/pricing: the prices that were set and hold.
net::Task<void> serve_prices(gateway::RequestContext* context, Control control);
// GET /admin/api/v1/pricing/{model}: what a model costs, who says so, and what was set before.
net::Task<void> serve_price(gateway::RequestContext* context, Control control, std::string model);
// PUT /admin/api/v1/pricing/{model}
net::Task<void> put_price(gateway::RequestContext* context, Control control, std::string model);
// DELETE /admin/api/v1/pricing/{model}
net::Task<void> delete_price(gateway::RequestContext* context, Control control, std::string model);

// Their answers. Pure.
std::string prices_json(const gateway::PriceTable& prices);
// `versions` of it, the newest first. Empty text: nobody knows the model.
std::string price_json(std::string_view model, const gateway::Catalog& catalog,
                       const gateway::PriceTablePtr& prices,
                       const std::vector<control::PriceVersion>& versions);

}  // namespace gomodel::admin
