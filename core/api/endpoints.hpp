// The handlers of the gateway's endpoints and what they share. Loop thread.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "admin/control.hpp"
#include "admin/recalculate.hpp"
#include "admin/runtime.hpp"
#include "admin/usage.hpp"
#include "api/health.hpp"
#include "api/routes.hpp"

namespace gomodel::api {

// What endpoints need that is not part of a generation. One for the process; read only.
struct Endpoints {
    ReadCondition condition;
    std::function<std::string()> render_metrics;
    admin::Runtime runtime;
    admin::Usage usage;
    admin::Control control;
    control::Recalculation* recalculation = nullptr;
};

// Every route but the metrics page, whose path the operator chooses.
std::span<const Route> data_plane_routes();

net::Task<void> serve_metrics(RouteCall* call);

// Answers 200 with a JSON body, or with another type.
net::Task<void> answer_ok(gateway::RequestContext* context, std::string body,
                          std::string_view content_type = "application/json");

}  // namespace gomodel::api
