// The stage of a request that asks the guardrails of its generation, one after the other: each sees
// the messages as the one before it has left them, and may change them or stop the request. Loop
// thread.
#pragma once

#include <optional>

#include "gateway/request_context.hpp"
#include "net/buffer.hpp"

namespace gomodel::gateway::guard {

// What is asked about.
struct GuardedBody {
    dialect::Endpoint endpoint = dialect::Endpoint::kChat;
    std::uint32_t kind = 0;  // GM_CAN_*
    bool stream = false;
    std::string_view model;  // the upstream's name
    net::Buffer* bytes = nullptr;
    std::optional<dialect::Request> changed = {};  // the result: what `bytes` say now
};

// True iff there is anybody to ask about such a request.
bool has_guardrails(const RequestContext& context, dialect::Endpoint endpoint);

// Asks. 400: a guardrail stops the request, or has made of it what it cannot be; 500: one failed.
// REQUIRES: has_guardrails(). Both must outlive the task.
net::Task<dialect::Failure> ask_guardrails(RequestContext* context, GuardedBody* body);

}  // namespace gomodel::gateway::guard
