// A logical call to one provider: asks its circuit breaker, tries, and tries again as its rules
// say, as long as the client has been sent nothing. Loop thread.
#pragma once

#include "gateway/attempt.hpp"

namespace gomodel::gateway {

// Runs to the end. An error: the client has been sent nothing, and may be answered otherwise.
// `context` and `operation` must outlive the task.
net::Task<dialect::Failure> call_provider(RequestContext* context, const Operation* operation);

}  // namespace gomodel::gateway
