// The tools of a request and which of them the model must or may call, as chat completions know
// them: functions only. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

namespace gomodel::dialect::responses {

// Writes `tools` and `tool_choice`, if there are any. Throws Refusal.
void write_tools(json::Node request, json::Out& out);

}  // namespace gomodel::dialect::responses
