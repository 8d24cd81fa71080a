// GET /v1/models and /v1/models/{id} (OpenAI API reference, "Models"; for clients of Anthropic's
// API in its shape). Loop thread.
#pragma once

#include "api/routes.hpp"

namespace gomodel::api {

net::Task<void> list_models(RouteCall* call);
net::Task<void> get_model(RouteCall* call);

}  // namespace gomodel::api
