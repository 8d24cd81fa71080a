#include "api/admin_routes.hpp"

#include <array>

#include "admin/audit.hpp"
#include "admin/models.hpp"
#include "api/endpoints.hpp"

namespace gomodel::api {
namespace {

net::Task<void> refresh(RouteCall* call) {
    co_await admin::serve_refresh(&call->context, call->endpoints.runtime);
}

net::Task<void> generations(RouteCall* call) {
    co_await admin::serve_generations(&call->context, call->endpoints.runtime);
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

constexpr std::array kRoutes = {
    Route{"GET", "/admin/api/v1/usage/summary", &usage<&admin::serve_usage_summary>},
    Route{"GET", "/admin/api/v1/usage/daily", &usage<&admin::serve_usage_periods>},
    Route{"GET", "/admin/api/v1/usage/models", &usage<&admin::serve_usage_models>},
    Route{"GET", "/admin/api/v1/usage/user-paths", &usage<&admin::serve_usage_paths>},
    Route{"GET", "/admin/api/v1/usage/log", &usage<&admin::serve_usage_log>},
    Route{"GET", "/admin/api/v1/audit/log", &usage<&admin::serve_audit_log>},
    Route{"GET", "/admin/api/v1/audit/conversation", &usage<&admin::serve_audit_conversation>},
    Route{"POST", "/admin/api/v1/runtime/refresh", &refresh},
    Route{"GET", "/admin/api/v1/runtime/generations", &generations},
    Route{"GET", "/admin/api/v1/models", &models},
    Route{"GET", "/admin/api/v1/models/categories", &model_categories},
};

}  // namespace

std::span<const Route> admin_routes() {
    return kRoutes;
}

}  // namespace gomodel::api
