// What the record says of a request itself, and having its usage recorded before it ends. Loop
// thread.
#pragma once

#include "gateway/request_context.hpp"

namespace gomodel::gateway {

// Completes context.record with what the request is and how it stands.
void note_request(RequestContext& context);

// Where recording has to be safe before a client can tell that it has its whole answer
// (recorder.sync: always), waits until that is so. Before the last byte of an answer is written.
net::Task<void> secure_usage(RequestContext* context);

}  // namespace gomodel::gateway
