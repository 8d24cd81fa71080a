// An error as clients of the OpenAI API know it: HTTP status and
// {"error":{"type","message","param","code"}}, all four members always there (OpenAI API reference,
// "Error codes"). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gomodel::dialect {

struct ApiError {
    int status = 500;
    std::string type;
    std::string message;  // for the client: no URL, no secret
    std::optional<std::string> param;
    std::optional<std::string> code;
    std::string retry_after;  // value of Retry-After; empty: none
};

std::string to_json(const ApiError& error);

ApiError invalid_request(std::string message);             // 400
ApiError authentication_error(std::string message);        // 401
ApiError not_found(std::string message);                   // 404
ApiError provider_error(int status, std::string message);  // 5xx
ApiError overloaded(std::string message);                  // 503, to be tried again in a second
ApiError internal_error();                                 // 500, says nothing of the cause

// An error the gateway met on the way to the upstream or in a plugin: unavailable 502, timeout 504,
// invalid 400, unsupported 501, ...
ApiError from_base(const base::Error& error);

// An answer of an upstream with a status other than 2xx. Understands {"error":{...}},
// {"error":"...","code":...}, {"message"|"detail":"...","code":...}, a list of one of them and
// OpenRouter's error.metadata.raw; anything else is taken as text, shortened. A status outside 4xx
// and 5xx becomes 502.
ApiError from_upstream(int status, std::string_view body);

}  // namespace gomodel::dialect
