// A whole chat completion as a message. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <variant>

#include "dialect/messages/message_object.hpp"

namespace gomodel::dialect::messages {

// ApiError: it is no chat completion, or calls a tool with arguments that are no JSON object.
std::variant<std::string, ApiError> map_answer(json::Node completion, const MessageHead& head);

}  // namespace gomodel::dialect::messages
