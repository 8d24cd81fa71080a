// The first half of an exchange with an upstream: the request goes out, the answer's head comes in.
// Private to the HTTP client.
#pragma once

#include <string>
#include <vector>

#include "net/http_client.hpp"

namespace gomodel::net {

// Request line, Host, the caller's fields and framing, up to and including the blank line.
std::string request_head(const ClientRequest& request, const Origin& origin,
                         const std::string& target);

// Writes the head and the request's body. kUnavailable: the connection was lost.
Task<base::Status> write_all(Stream* stream, std::string_view head, const ClientRequest* request,
                             CancelSource* cancel);

// Reads until `parser` has a whole final head (1xx are skipped). `received` then starts with that
// head. kUnavailable: lost, or not HTTP; kTimeout; kCancelled.
Task<base::Status> read_head(Stream* stream, MessageParser* parser, Buffer* received,
                             base::SteadyTime deadline, CancelSource* cancel);

struct SendState {
    std::unique_ptr<ClientConnection> connection;
    MessageParser parser;
    Buffer received;          // the head and what came with it
    bool lost = false;        // the connection ended before an answer
    bool unfinished = false;  // the answer came before the request was sent to its end
};

// Sends a request on the state's connection and reads the head of the answer.
Task<base::Status> exchange_heads(SendState* state, const ClientRequest* request,
                                  const std::string* head, CancelSource* cancel);

// Why a wait for the upstream to `what` ended before that: kTimeout or kCancelled.
base::Error woken(Wake wake, std::string_view what);

}  // namespace gomodel::net
