// What a client's request says of answers out of a cache. Pure.
#pragma once

#include "net/http_message.hpp"

namespace gomodel::gateway::recall {

// False: the client wants no answer out of the exact cache, and none of its own kept there:
// `Cache-Control` with no-cache or no-store, `X-Cache-Control: no-store`, `X-Cache-Type: semantic`.
bool takes_exact(const net::HeaderFields& fields);

}  // namespace gomodel::gateway::recall
