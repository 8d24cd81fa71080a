// A request of the Responses API as a chat completions request. What only the state of OpenAI's own
// service could serve (stored responses, ...) is refused by name; what chat
// completions know by the same name goes through untouched. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <variant>

#include "dialect/api_error.hpp"
#include "dialect/responses/tool_names.hpp"

namespace gomodel::dialect::responses {

// names: gets what the tools are called that are no plain functions.
std::variant<std::string, ApiError> chat_request(json::Node request, ToolNames& names);

}  // namespace gomodel::dialect::responses
