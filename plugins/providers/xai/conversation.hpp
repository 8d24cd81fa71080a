// Which conversation a chat request belongs to, so that xAI sends its turns to the server that has
// their beginning cached. Pure.
// https://docs.x.ai/docs/guides/prompt-caching
#pragma once

#include <string>
#include <string_view>

namespace xai {

// "gomodel-" and 32 hexadecimal digits, of what all turns of a conversation have in common: model,
// the first two messages, tools, tool_choice, parallel_tool_calls and reasoning, as they are
// spelled but for white space. No secret and no proof of anything.
std::string conversation_id(std::string_view body);

}  // namespace xai
