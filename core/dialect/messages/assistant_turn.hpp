// A message of the assistant's, sent back by the client, as a chat message: what it said, the tools
// it called, and of what it thought as much as this provider has marked as its own. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::dialect::messages {

class AssistantTurn {
public:
    explicit AssistantTurn(std::string_view source) : source_(source) {}

    // `content` of the message. Throws Refusal.
    void read(json::Node content, const std::string& place);
    void write(json::Out& out) const;

    // Of the tools it called; escaped.
    const std::vector<std::string>& call_ids() const { return call_ids_; }

private:
    void take(json::Node block, const std::string& place);
    void take_text(json::Node block, const std::string& place);
    void take_thinking(json::Node block);
    void take_redacted(json::Node block);
    void take_call(json::Node block, const std::string& place);

    const std::string_view source_;
    std::string text_;              // escaped
    std::string reasoning_;         // escaped
    std::string reasoning_member_;  // that it came in
    std::string thinking_blocks_;   // JSON; empty: none
    json::Out calls_;
    std::vector<std::string> call_ids_;
};

}  // namespace gomodel::dialect::messages
