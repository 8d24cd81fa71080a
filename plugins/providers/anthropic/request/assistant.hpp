// A turn of the assistant: what it said, thought and called.
#pragma once

#include <string>

#include "anthropic/request/content.hpp"
#include "json_tree/out.hpp"
#include "json_tree/tree.hpp"

namespace anthropic {

// True iff the message carries thinking that can be sent back: signed thinking_blocks, or
// reasoning_details of the same.
bool has_thinking(json_tree::Node message);

// Writes {"role":"assistant","content":...}. Thinking takes the places its `index` members name
// among the blocks, or else the first.
void write_assistant(json_tree::Node message, const Place& place, ContentRules& rules,
                     json_tree::Out& out);

// The id of a tool call in the letters the API allows; the same for a call and its result.
std::string tool_id(json_tree::Node id);

}  // namespace anthropic
