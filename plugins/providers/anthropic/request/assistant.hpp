// A turn of the assistant: what it said, thought and called.
#pragma once

#include <string>

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>
#include "anthropic/request/content.hpp"

namespace anthropic {

// True iff the message carries thinking that can be sent back: signed thinking_blocks, or
// reasoning_details of the same.
bool has_thinking(gomodel::json::Node message);

// Writes {"role":"assistant","content":...}. Thinking takes the places its `index` members name
// among the blocks, or else the first.
void write_assistant(gomodel::json::Node message, const Place& place, ContentRules& rules,
                     gomodel::json::Out& out);

// The id of a tool call in the letters the API allows; the same for a call and its result.
std::string tool_id(gomodel::json::Node id);

}  // namespace anthropic
