// The pipeline of the translated endpoints (chat completions, responses, embeddings): resolve,
// guard, attempt, relay. Loop thread.
#pragma once

#include "gateway/request_context.hpp"

namespace gomodel::gateway {

// Serves one authenticated request and answers it, whatever happens.
net::Task<void> serve_inference(RequestContext* context, dialect::Endpoint endpoint);

}  // namespace gomodel::gateway
