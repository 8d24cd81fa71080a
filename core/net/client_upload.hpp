// The first half of an exchange whose request has a body that is read while it is sent: bytes go
// out as they come and as the upstream takes them, and the answer may come at any time. Private to
// the HTTP client.
#pragma once

#include "net/client_send.hpp"

namespace gomodel::net {

// Sends the request and reads the head of the answer. Once there is one, nothing more is sent and
// state->unfinished says whether anything was left. Errors: the source's own, and those of
// exchange_heads().
Task<base::Status> exchange_upload(SendState* state, const ClientRequest* request,
                                   const std::string* head, CancelSource* cancel);

}  // namespace gomodel::net
