#include "anthropic/request/assistant.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

constexpr std::size_t kMaxCalls = 1024;

// A thinking block as JSON; empty when it cannot be sent back.
std::string thinking_block(Node block) {
    Out out;
    const Node type = block["type"];
    const Node signature = block["signature"];
    const Node data = block["data"];
    if (type.equals("thinking") || type.equals("reasoning.text")) {
        const Node text = type.equals("thinking") ? block["thinking"] : block["text"];
        if (!signature.is_string() || signature.escaped().empty()) return {};
        out.begin_object().member("type", "thinking").key("thinking").escaped(text.escaped());
        out.raw_member("signature", signature.raw());
    } else if (type.equals("redacted_thinking") || type.equals("reasoning.encrypted")) {
        if (!data.is_string() || data.escaped().empty()) return {};
        out.begin_object().member("type", "redacted_thinking").raw_member("data", data.raw());
    } else {
        return {};
    }
    return out.end_object().text();
}

struct ThinkingBlock {
    std::int64_t index;  // its place among the turn's blocks
    std::string json;
};

std::vector<ThinkingBlock> read_thinking_blocks(Node message) {
    std::vector<ThinkingBlock> found;
    const Node blocks = message["thinking_blocks"];
    const bool details = blocks.size() == 0;
    for (const Node block : details ? message["reasoning_details"] : blocks) {
        // Other vendors' reasoning means nothing here.
        const Node format = block["format"];
        if (details && format.is_string() && !format.escaped().starts_with("anthropic")) continue;
        std::string json = thinking_block(block);
        if (json.empty()) continue;
        const std::int64_t next = static_cast<std::int64_t>(found.size());
        const std::int64_t index = details ? next : block["index"].integer().value_or(next);
        found.push_back({index, std::move(json)});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.index < b.index; });
    return found;
}

// The arguments of a call as a JSON object.
std::string read_arguments(Node arguments, const Place& place) {
    if (arguments.is_object()) return std::string(arguments.raw());
    if (arguments.missing() || arguments.blank()) return "{}";
    std::string text = arguments.text();
    const gomodel::json::Tree tree(text);
    if (!tree.root().is_object()) place.refuse("must be a JSON object, as a string");
    return text;
}

std::string tool_use(Node call, const Place& place, std::size_t index) {
    const Node type = call["type"];
    if (!type.missing() && !type.equals("function")) {
        Place(place, "type").refuse("the provider takes calls of type \"function\" only");
    }
    const Node function = call["function"];
    const Place function_place(place, "function");
    const Node name = function["name"];
    if (!name.is_string() || name.blank()) Place(function_place, "name").refuse("must be a name");
    std::string id = tool_id(call["id"]);
    if (id.empty()) id = "call_" + std::to_string(index);
    Out out;
    out.begin_object().member("type", "tool_use").member("id", id).raw_member("name", name.raw());
    out.raw_member("input",
                   read_arguments(function["arguments"], Place(function_place, "arguments")));
    write_cache_marker(cache_marker(call, place), out);
    return out.end_object().text();
}

// What was said, a block each.
std::vector<std::string> said_blocks(Node content, const Place& place, ContentRules& rules) {
    std::vector<std::string> blocks;
    if (content.blank() || content.missing()) return blocks;
    if (!content.is_array()) {
        Out out;
        append_blocks(content, place, rules, out);
        blocks.push_back(out.text());
        return blocks;
    }
    std::size_t index = 0;
    for (const Node part : content) {
        Out out;
        append_block(part, Place(place, index++), rules, out);
        if (!out.text().empty()) blocks.push_back(out.text());
    }
    return blocks;
}

void append_calls(Node calls, const Place& place, std::vector<std::string>& blocks) {
    if (calls.missing()) return;
    if (!calls.is_array()) place.refuse("must be an array");
    std::size_t index = 0;
    for (const Node call : calls) {
        if (index == kMaxCalls) place.refuse("has more than 1024 calls");
        blocks.push_back(tool_use(call, Place(place, index), index));
        ++index;
    }
}

void write_in_order(const std::vector<ThinkingBlock>& thinking,
                    const std::vector<std::string>& others, Out& out) {
    auto thought = thinking.begin();
    auto other = others.begin();
    for (std::int64_t position = 0; thought != thinking.end() || other != others.end();
         ++position) {
        const bool thinks =
            thought != thinking.end() && (thought->index <= position || other == others.end());
        out.raw(thinks ? (thought++)->json : *other++);
    }
}

}  // namespace

std::string tool_id(Node id) {
    std::string text = id.text();
    for (char& c : text) {
        const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!allowed) c = '_';
    }
    return text;
}

bool has_thinking(Node message) {
    return !read_thinking_blocks(message).empty();
}

void write_assistant(Node message, const Place& place, ContentRules& rules, Out& out) {
    const Node content = message["content"];
    const std::vector<ThinkingBlock> thinking = read_thinking_blocks(message);
    const Node marker = cache_marker(message, place);
    out.begin_object().member("role", "assistant");
    if (content.is_string() && message["tool_calls"].size() == 0 && thinking.empty() && !marker) {
        out.raw_member("content", content.raw()).end_object();
        return;
    }
    std::vector<std::string> others;
    if (marker && content.is_string() && !content.blank()) {
        Out block;
        append_text_block(content.escaped(), marker, block);
        others.push_back(block.text());
    } else {
        others = said_blocks(content, Place(place, "content"), rules);
    }
    append_calls(message["tool_calls"], Place(place, "tool_calls"), others);
    if (others.empty() && thinking.empty()) {
        out.member("content", "").end_object();
        return;
    }
    out.key("content").begin_array();
    write_in_order(thinking, others, out);
    out.end_array().end_object();
}

}  // namespace anthropic
