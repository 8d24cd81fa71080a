// The turns of a request to /v1/messages as chat messages: the system prompt first, and the results
// of tools as messages of their own, right behind the calls. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <string_view>

namespace gomodel::dialect::messages {

// Writes `messages`. Throws Refusal, also for a result without its call.
void write_conversation(json::Node request, std::string_view source, json::Out& out);

}  // namespace gomodel::dialect::messages
