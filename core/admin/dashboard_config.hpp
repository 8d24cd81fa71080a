// What the dashboard needs to know before it shows anything: which features are on. Loop thread.
#pragma once

#include <string>

#include "config/settings.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/dashboard/config
net::Task<void> serve_dashboard_config(gateway::RequestContext* context);

// Its answer. Pure; any thread.
std::string dashboard_config_json(const config::Settings& settings);

// Usage is recorded and some answers come out of a cache.
bool has_cache_analytics(const config::Settings& settings);

}  // namespace gomodel::admin
