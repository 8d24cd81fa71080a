// An error as clients of Anthropic's API know it: {"type":"error","error":{"type","message"}}, with
// the request's id beside it (Claude API reference, "Errors"). Pure.
#pragma once

#include <string>
#include <string_view>

#include "dialect/api_error.hpp"

namespace gomodel::dialect::messages {

// The API's name for errors of this HTTP status.
std::string_view error_type(int status);

// request_id: empty: left out.
std::string error_json(const ApiError& error, std::string_view request_id);

// The event that ends a stream which failed.
void append_error_event(const ApiError& error, std::string& out);

}  // namespace gomodel::dialect::messages
