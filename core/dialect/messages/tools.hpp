// Tools and which of them the model is to call, as a chat request has them. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

namespace gomodel::dialect::messages {

// Writes `tools`, `tool_choice` and `parallel_tool_calls`, as far as there are any. Throws Refusal:
// the tool is one of Anthropic's own, or something has the wrong shape.
void write_tools(json::Node request, json::Out& out);

}  // namespace gomodel::dialect::messages
