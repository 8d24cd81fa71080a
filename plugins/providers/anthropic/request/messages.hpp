// The conversation: OpenAI's messages as Anthropic's system text and turns.
#pragma once

#include <string_view>

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>
#include "anthropic/request/content.hpp"

namespace anthropic {

// What the rest of the request depends on.
struct ConversationFacts {
    bool calls_tools = false;  // somewhere in it
    // It ends in the results of tools whose calls came without the thinking that led to them.
    bool thinking_lost = false;
};
ConversationFacts look_at(gomodel::json::Node messages);

// Writes system and messages. `instruction` is one more system text, or empty.
// Throws Error(GM_INVALID) that names the member which will not do.
void write_conversation(gomodel::json::Node messages, std::string_view instruction,
                        ContentRules& rules, gomodel::json::Out& out);

}  // namespace anthropic
