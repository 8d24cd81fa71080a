#include "api/admin_routes.hpp"

#include <array>

#include "api/endpoints.hpp"

namespace gomodel::api {
namespace {

net::Task<void> refresh(RouteCall* call) {
    co_await admin::serve_refresh(&call->context, call->endpoints.runtime);
}

net::Task<void> generations(RouteCall* call) {
    co_await admin::serve_generations(&call->context, call->endpoints.runtime);
}

constexpr std::array kRoutes = {
    Route{"POST", "/admin/api/v1/runtime/refresh", &refresh},
    Route{"GET", "/admin/api/v1/runtime/generations", &generations},
};

}  // namespace

std::span<const Route> admin_routes() {
    return kRoutes;
}

}  // namespace gomodel::api
