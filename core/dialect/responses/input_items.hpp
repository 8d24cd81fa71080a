// The input of a request, a text or a list of items, as chat messages. Calls of functions join the
// assistant's message before them; images that a function gave, which no tool message can carry,
// follow in a message of the user. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include "dialect/responses/tool_names.hpp"

namespace gomodel::dialect::responses {

// Writes the messages as elements of an open array. Throws Refusal.
// names: of the tools that the request has.
void write_messages(json::Node input, const ToolNames& names, json::Out& out);

}  // namespace gomodel::dialect::responses
