// The admin API's runtime endpoints: refresh now, and which generations there are. Loop thread.
#pragma once

#include "gateway/refresher.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::admin {

// What they act on. Both outlive every request.
struct Runtime {
    gateway::Refresher* refresher = nullptr;
    const gateway::GenerationStore* generations = nullptr;
};

// POST /admin/api/v1/runtime/refresh. The refresh goes on when the client goes away.
net::Task<void> serve_refresh(gateway::RequestContext* context, Runtime runtime);

// GET /admin/api/v1/runtime/generations (ours).
net::Task<void> serve_generations(gateway::RequestContext* context, Runtime runtime);

}  // namespace gomodel::admin
