// A request to /v1/messages as a chat request. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <variant>

#include "dialect/api_error.hpp"

namespace gomodel::dialect::messages {

// source: the provider; thinking that it has not marked is left out.
// ApiError: 400, what has no counterpart or has the wrong shape; names the member.
std::variant<std::string, ApiError> chat_request(json::Node request, std::string_view source);

}  // namespace gomodel::dialect::messages
