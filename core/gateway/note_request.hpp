// What the record says of a request itself, and having it kept before the request ends. Loop
// thread.
#pragma once

#include <span>

#include "gateway/request_context.hpp"

namespace gomodel::gateway {

// Completes context.record with what the request is and how it stands.
void note_request(RequestContext& context);

// Tells the limits what the request has used and lets others run in its place: before its client
// can tell that it has its whole answer, and asks for the next one.
void settle_limits(RequestContext& context);

// Settles with the limits. Where recording has to be safe before a client can tell that it has its
// whole answer (recorder.sync: always), waits until that is so. Before the last bytes of an answer,
// `rest`, are written, and after its head was; both must outlive the task.
net::Task<void> secure_record(RequestContext* context, std::span<const std::string_view> rest = {});

}  // namespace gomodel::gateway
