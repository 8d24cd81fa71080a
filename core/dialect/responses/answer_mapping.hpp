// A whole chat completion as a response object. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <variant>

#include "dialect/responses/response_object.hpp"

namespace gomodel::dialect::responses {

// ApiError: it is no chat completion.
std::variant<std::string, ApiError> map_answer(json::Node completion, const ResponseHead& head);

}  // namespace gomodel::dialect::responses
