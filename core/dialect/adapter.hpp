// Serves a client of one dialect from a provider that speaks chat completions: turns its request
// into a chat request, and the chat answer, whole or chunk by chunk, into an answer of its dialect.
// Pure; one a request.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "dialect/api_error.hpp"
#include "dialect/request.hpp"

namespace gomodel::dialect {

class Adapter {
public:
    virtual ~Adapter() = default;

    // The chat completions request for the client's. Called once, first. ApiError: what the client
    // asked for has no counterpart; names the member. `body` is read only during the call.
    virtual std::variant<std::string, ApiError> request(std::string_view body) = 0;

    // The client's answer for a whole chat completion. ApiError: it is none.
    virtual std::variant<std::string, ApiError> answer(std::string_view completion) = 0;

    // Takes one chat.completion.chunk and appends the client's events, SSE framing included, to
    // `out`. The first call begins the stream. ApiError: the upstream reported one inside the
    // stream, or what came cannot be part of a stream; fail() is to be called with it.
    virtual Failure chunk(std::string_view data, std::string& out) = 0;
    // The upstream's stream is complete: closes what is open and ends the client's stream. The
    // first event it writes begins the stream, should no chunk have come.
    virtual void finish(std::string& out) = 0;
    // Ends the stream with the client's error event.
    virtual void fail(const ApiError& error, std::string& out) = 0;
};

// What an answer says of itself that the chat completion does not.
struct AnswerMark {
    std::string id;            // unlike any other answer's; letters, digits and hyphens
    std::int64_t created = 0;  // Unix time, for upstreams that do not tell
    std::string source = {};   // the provider's name: whose reasoning it is that comes back
};

// True iff there is an adapter that serves clients of `endpoint` over chat completions.
bool adapts_to_chat(Endpoint endpoint);
// That adapter. REQUIRES: adapts_to_chat(endpoint).
std::unique_ptr<Adapter> adapter_over_chat(Endpoint endpoint, AnswerMark mark);

}  // namespace gomodel::dialect
