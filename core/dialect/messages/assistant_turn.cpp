#include "dialect/messages/assistant_turn.hpp"

#include "dialect/messages/thinking_mark.hpp"
#include "dialect/messages/user_content.hpp"
#include "dialect/refusal.hpp"

namespace gomodel::dialect::messages {

using json::Node;
using json::Out;

namespace {

// What a tool of Anthropic's did has no place in chat: what it led to is in the text behind it.
bool is_of_hosted_tool(std::string_view type) {
    return type == "server_tool_use" || type == "mcp_tool_use" || type.ends_with("_tool_result");
}

}  // namespace

void AssistantTurn::read(Node content, const std::string& place) {
    if (content.is_string()) {
        text_ = std::string(content.escaped());
    } else if (content.is_array()) {
        std::size_t index = 0;
        for (const Node block : content)
            take(block, element(place, index++));
    } else {
        throw Refusal(place, "must be a string or an array");
    }
}

void AssistantTurn::take(Node block, const std::string& place) {
    if (!block.is_object()) throw Refusal(place, "must be an object");
    const Node type = block["type"];
    if (type.equals("text")) {
        take_text(block, place);
    } else if (type.equals("thinking")) {
        take_thinking(block);
    } else if (type.equals("redacted_thinking")) {
        take_redacted(block);
    } else if (type.equals("tool_use")) {
        take_call(block, place);
    } else if (!type.is_string()) {
        throw Refusal(place + ".type", "is required");
    } else if (!is_of_hosted_tool(type.escaped())) {
        throw Refusal(place + ".type", "this provider cannot be told of a \"" + type.text() + "\"");
    }
}

void AssistantTurn::take_text(Node block, const std::string& place) {
    const Node text = block["text"];
    if (!text.is_string()) throw Refusal(place + ".text", "must be a string");
    if (text.escaped().empty()) return;
    // A text that cites is cut where its citations begin and end.
    if (!text_.empty() && !block["citations"].is_array()) text_ += kBlankLine;
    text_ += text.escaped();
}

void AssistantTurn::take_thinking(Node block) {
    const std::string signature = block["signature"].text();
    for (const char* const member : {"reasoning_content", "reasoning"}) {
        if (signature != thinking_mark(source_, member)) continue;
        reasoning_member_ = member;
        if (!reasoning_.empty()) reasoning_ += kBlankLine;
        reasoning_ += block["thinking"].escaped();
    }
}

void AssistantTurn::take_redacted(Node block) {
    const std::string data = block["data"].text();
    const std::string mark = thinking_mark(source_, kThinkingBlocks);
    if (!data.starts_with(mark)) return;
    std::string blocks = data.substr(mark.size());
    if (blocks.starts_with('[') && json::valid(blocks)) thinking_blocks_ = std::move(blocks);
}

void AssistantTurn::take_call(Node block, const std::string& place) {
    const Node id = block["id"];
    const Node name = block["name"];
    const Node input = block["input"];
    if (!id.is_string() || id.blank()) throw Refusal(place + ".id", "is required");
    if (!name.is_string() || name.blank()) throw Refusal(place + ".name", "is required");
    if (!input.missing() && !input.is_object()) {
        throw Refusal(place + ".input", "must be an object");
    }
    calls_.begin_object().raw_member("id", id.raw()).member("type", "function");
    calls_.key("function").begin_object().raw_member("name", name.raw());
    calls_.member("arguments", input.missing() ? "{}" : json::compact(input.raw()));
    calls_.end_object().end_object();
    call_ids_.emplace_back(id.escaped());
}

void AssistantTurn::write(Out& out) const {
    out.begin_object().member("role", "assistant").key("content");
    if (text_.empty() && !call_ids_.empty()) {
        out.raw("null");
    } else {
        out.escaped(text_);
    }
    if (!reasoning_.empty()) out.key(reasoning_member_).escaped(reasoning_);
    if (!thinking_blocks_.empty()) out.raw_member(kThinkingBlocks, thinking_blocks_);
    if (!call_ids_.empty()) out.raw_member("tool_calls", "[" + calls_.text() + "]");
    out.end_object();
}

}  // namespace gomodel::dialect::messages
