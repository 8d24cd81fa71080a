// Hands an upstream's answer to the client of a passthrough, as it is or as an error of the
// gateway's own form, and notes on the record what passed. Loop thread.
#pragma once

#include "gateway/request_context.hpp"

namespace gomodel::gateway {

// Until when an answer has to be there: of events, the next one; of anything else, all of it.
struct RelayLimits {
    base::Duration between_events{};  // zero: no limit
    base::SteadyTime whole = net::kNever;
};

// Sends the answer with its status, headers and body, as fast as the client takes it. Failures
// after the head are noted on the record and end the connection.
net::Task<void> relay_answer(RequestContext* context, net::ClientExchange* upstream,
                             RelayLimits limits);

// Reads an answer of 400 or above. nullopt: the client has gone.
net::Task<dialect::Failure> read_error_answer(RequestContext* context,
                                              net::ClientExchange* upstream,
                                              base::SteadyTime deadline);

// Rate limits that are told with an error; Retry-After is part of the error itself.
std::vector<OwnedField> rate_limit_fields(const net::HeaderFields& upstream);

}  // namespace gomodel::gateway
