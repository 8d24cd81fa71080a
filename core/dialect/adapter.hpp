// Serves a client of one dialect from a provider that speaks chat completions: turns its request
// into a chat request, and the chat answer, whole or chunk by chunk, into an answer of its dialect.
// Pure; one a request.
#pragma once

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
    virtual std::optional<ApiError> chunk(std::string_view data, std::string& out) = 0;
    // The upstream's stream is complete ("[DONE]"): closes what is open and ends the client's
    // stream.
    virtual void finish(std::string& out) = 0;
    // Ends a stream that has begun with the client's error event.
    virtual void fail(const ApiError& error, std::string& out) = 0;
};

// The adapter that serves a client of `endpoint` over chat completions; null: there is none.
std::unique_ptr<Adapter> adapter_over_chat(Endpoint endpoint);

}  // namespace gomodel::dialect
