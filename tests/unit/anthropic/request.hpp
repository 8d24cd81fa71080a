// Translates requests for tests: the member of the result, or the message of the refusal.
#pragma once

#include <gomodel/error.hpp>

#include <string>
#include <string_view>

#include <gomodel/json_tree.hpp>
#include "anthropic/request/chat_request.hpp"

namespace anthropic {

inline constexpr std::string_view kHello = R"("messages":[{"role":"user","content":"hi"}])";

// The request to Anthropic for a chat request with these members.
inline std::string translate(std::string_view members, std::string_view model = "claude-sonnet-4-5",
                             const RequestLimits& limits = {}) {
    return translate_request(model, "{" + std::string(members) + "}", false, limits).body;
}

// The raw member of the request to Anthropic; empty: absent. `members` is completed by a message.
inline std::string sent(std::string_view member, std::string_view members,
                        std::string_view model = "claude-sonnet-4-5") {
    const std::string all = std::string(members) + (members.empty() ? "" : ",");
    const std::string body = translate(all + std::string(kHello), model);
    const gomodel::json::Tree tree(body);
    return std::string(tree.root()[member].raw());
}

// The same for what the conversation becomes.
inline std::string conversation(std::string_view member, std::string_view messages) {
    const std::string body = translate("\"messages\":[" + std::string(messages) + "]");
    const gomodel::json::Tree tree(body);
    return std::string(tree.root()[member].raw());
}

// What the client is told; empty: the request is fine.
inline std::string refusal(std::string_view members, const RequestLimits& limits = {}) {
    try {
        translate(members, "claude-sonnet-4-5", limits);
        return {};
    } catch (const gomodel::Error& error) {
        return (error.status() == GM_INVALID ? "" : "not a 400: ") + error.message();
    }
}

}  // namespace anthropic
