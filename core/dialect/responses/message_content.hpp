// The content of an item of the input as that of a chat message. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>

namespace gomodel::dialect::responses {

// As JSON: a string if all of it is text. Throws Refusal.
std::string chat_content(json::Node content, const std::string& place);

// What a function gave: its text, escaped, and the parts that are none, as elements of an array.
struct FunctionOutput {
    std::string text;
    std::string others;
};
FunctionOutput function_output(json::Node output, const std::string& place);

}  // namespace gomodel::dialect::responses
