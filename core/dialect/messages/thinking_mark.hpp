// How the reasoning of a provider that only chats goes to a client and comes back. The signature of
// a thinking block, or the data of a redacted one, names the provider and the member of the chat
// message that it came in. What another provider or Anthropic itself has signed would mean nothing
// to this one. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gomodel::dialect::messages {

// Nothing that Anthropic signs begins so: a signature is base64.
inline constexpr std::string_view kThinkingMark = "gomodel:";

inline constexpr std::string_view kThinkingBlocks = "thinking_blocks";

inline std::string thinking_mark(std::string_view source, std::string_view member) {
    return std::string(kThinkingMark).append(source).append(":").append(member).append(":");
}

}  // namespace gomodel::dialect::messages
