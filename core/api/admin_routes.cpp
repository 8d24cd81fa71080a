#include "api/admin_routes.hpp"

#include <array>

#include "admin/aliases.hpp"
#include "admin/audit.hpp"
#include "admin/auth_keys.hpp"
#include "admin/budgets.hpp"
#include "admin/dashboard_config.hpp"
#include "admin/model_overrides.hpp"
#include "admin/models.hpp"
#include "admin/pricing.hpp"
#include "admin/provider_status.hpp"
#include "admin/recalculate.hpp"
#include "admin/time_zones.hpp"
#include "api/endpoints.hpp"

namespace gomodel::api {
namespace {

net::Task<void> refresh(RouteCall* call) {
    co_await admin::serve_refresh(&call->context, call->endpoints.runtime);
}

net::Task<void> generations(RouteCall* call) {
    co_await admin::serve_generations(&call->context, call->endpoints.runtime);
}

net::Task<void> providers_status(RouteCall* call) {
    co_await admin::serve_providers_status(&call->context, call->endpoints.runtime.generations);
}

net::Task<void> dashboard_config(RouteCall* call) {
    co_await admin::serve_dashboard_config(&call->context);
}

net::Task<void> time_zones(RouteCall* call) {
    co_await admin::serve_time_zones(&call->context, call->endpoints.usage.workers);
}

template <auto kServe>
net::Task<void> usage(RouteCall* call) {
    co_await kServe(&call->context, call->endpoints.usage, call->query);
}

net::Task<void> models(RouteCall* call) {
    co_await admin::serve_models(&call->context, call->query);
}

net::Task<void> model_categories(RouteCall* call) {
    co_await admin::serve_model_categories(&call->context);
}

// Of a managed table.
template <auto kServe>
net::Task<void> table(RouteCall* call) {
    co_await kServe(&call->context, call->endpoints.control);
}

// Of one row of it.
template <auto kServe>
net::Task<void> row(RouteCall* call) {
    co_await kServe(&call->context, call->endpoints.control, std::move(call->parameter));
}

template <auto kServe>
net::Task<void> recalculation(RouteCall* call) {
    co_await kServe(&call->context, call->endpoints.recalculation);
}

constexpr std::array kAdminRoutes = {
    Route{"GET", "/admin/api/v1/dashboard/config", &dashboard_config},
    Route{"GET", "/admin/api/v1/timezones", &time_zones},
    Route{"GET", "/admin/api/v1/providers/status", &providers_status},
    Route{"GET", "/admin/api/v1/cache/overview", &usage<&admin::serve_cache_overview>},
    Route{"GET", "/admin/api/v1/usage/summary", &usage<&admin::serve_usage_summary>},
    Route{"GET", "/admin/api/v1/usage/daily", &usage<&admin::serve_usage_periods>},
    Route{"GET", "/admin/api/v1/usage/models", &usage<&admin::serve_usage_models>},
    Route{"GET", "/admin/api/v1/usage/user-paths", &usage<&admin::serve_usage_paths>},
    Route{"GET", "/admin/api/v1/usage/log", &usage<&admin::serve_usage_log>},
    Route{"GET", "/admin/api/v1/audit/log", &usage<&admin::serve_audit_log>},
    Route{"GET", "/admin/api/v1/audit/conversation", &usage<&admin::serve_audit_conversation>},
    Route{"GET", "/admin/api/v1/usage/recalculate", &recalculation<&admin::serve_recalculation>},
    Route{"POST", "/admin/api/v1/usage/recalculate", &recalculation<&admin::start_recalculation>},
    Route{"GET", "/admin/api/v1/pricing", &table<&admin::serve_prices>},
    Route{"GET", "/admin/api/v1/pricing/{model}", &row<&admin::serve_price>},
    Route{"PUT", "/admin/api/v1/pricing/{model}", &row<&admin::put_price>},
    Route{"DELETE", "/admin/api/v1/pricing/{model}", &row<&admin::delete_price>},
    Route{"POST", "/admin/api/v1/runtime/refresh", &refresh},
    Route{"GET", "/admin/api/v1/runtime/generations", &generations},
    Route{"GET", "/admin/api/v1/models", &models},
    Route{"GET", "/admin/api/v1/models/categories", &model_categories},
    Route{"GET", "/admin/api/v1/auth-keys", &table<&admin::serve_auth_keys>},
    Route{"POST", "/admin/api/v1/auth-keys", &table<&admin::create_auth_key>},
    Route{"POST", "/admin/api/v1/auth-keys/{id}/deactivate", &row<&admin::deactivate_auth_key>},
    Route{"GET", "/admin/api/v1/budgets", &table<&admin::serve_budgets>},
    Route{"GET", "/admin/api/v1/budgets/settings", &table<&admin::serve_budget_settings>},
    Route{"PUT", "/admin/api/v1/budgets/settings", &table<&admin::put_budget_settings>},
    Route{"POST", "/admin/api/v1/budgets/reset-one", &table<&admin::reset_budget>},
    Route{"POST", "/admin/api/v1/budgets/reset", &table<&admin::reset_budgets>},
    Route{"PUT", "/admin/api/v1/budgets/{user_path}/{period}", &row<&admin::put_budget>},
    Route{"DELETE", "/admin/api/v1/budgets/{user_path}/{period}", &row<&admin::delete_budget>},
    Route{"GET", "/admin/api/v1/aliases", &table<&admin::serve_aliases>},
    Route{"PUT", "/admin/api/v1/aliases/{name}", &row<&admin::put_alias>},
    Route{"DELETE", "/admin/api/v1/aliases/{name}", &row<&admin::delete_alias>},
    Route{"GET", "/admin/api/v1/model-overrides", &table<&admin::serve_model_overrides>},
    Route{"PUT", "/admin/api/v1/model-overrides/{selector}", &row<&admin::put_model_override>},
    Route{"DELETE", "/admin/api/v1/model-overrides/{selector}",
          &row<&admin::delete_model_override>},
};

}  // namespace

std::span<const Route> admin_routes() {
    return kAdminRoutes;
}

}  // namespace gomodel::api
