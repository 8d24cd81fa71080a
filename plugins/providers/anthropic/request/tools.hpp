// Tools and the choice between them.
// https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

namespace anthropic {

// True iff the client's request has the model call a tool, whichever or a certain one.
bool forces_a_tool(gomodel::json::Node root);

// Writes tools and tool_choice. called_before: the conversation has calls in it, and the API then
// wants the tools named even when none may be called.
// Throws Error(GM_INVALID) that names the member which will not do.
void write_tools(gomodel::json::Node root, bool called_before, gomodel::json::Out& out);

}  // namespace anthropic
