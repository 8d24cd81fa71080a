#include "dialect/messages/token_estimate.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include "base/text.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;

constexpr std::int64_t kRequest = 3;     // what is around the turns
constexpr std::int64_t kTurn = 4;        // around each
constexpr std::int64_t kTool = 8;        // around each
constexpr std::int64_t kImage = 1500;    // about a megapixel
constexpr std::int64_t kFileBytes = 32;  // of a document, a token

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

template <class Is>
std::size_t run_at(std::string_view text, std::size_t at, Is is) {
    std::size_t end = at;
    while (end < text.size() && is(text[end]))
        ++end;
    return end - at;
}

bool is_sign(char c) {
    return c > ' ' && c < 0x7F && !is_letter(c) && !is_digit(c);
}

// Of a character of another script, by its first byte, in tenths of a token.
std::size_t tenths_of(char lead) {
    const auto byte = static_cast<unsigned char>(lead);
    if (byte < 0xC0) return 0;  // the rest of one
    if (byte < 0xE0) return 4;
    return byte < 0xF0 ? 8 : 20;
}

std::int64_t count_all(Node content);

std::int64_t count_source(Node source) {
    const std::string_view data = source["data"].escaped();
    if (source["type"].equals("base64")) {
        return static_cast<std::int64_t>(data.size() / 4 * 3) / kFileBytes;
    }
    return estimate_tokens(source["data"].text()) + count_all(source["content"]);
}

std::int64_t count_block(Node block) {
    const Node type = block["type"];
    if (type.equals("text")) return estimate_tokens(block["text"].text());
    if (type.equals("image")) return kImage;
    if (type.equals("thinking")) return estimate_tokens(block["thinking"].text());
    if (type.equals("redacted_thinking")) return 0;
    if (type.equals("tool_use")) {
        return kTool + estimate_tokens(block["name"].text()) +
               estimate_tokens(json::compact(block["input"].raw()));
    }
    if (type.equals("tool_result")) return kTool + count_all(block["content"]);
    if (type.equals("document")) {
        return estimate_tokens(block["title"].text()) + estimate_tokens(block["context"].text()) +
               count_source(block["source"]);
    }
    return estimate_tokens(json::compact(block.raw()));
}

// A string, or an array of blocks.
std::int64_t count_all(Node content) {
    if (content.is_string()) return estimate_tokens(content.text());
    if (!content.is_array()) return 0;
    std::int64_t count = 0;
    for (const Node block : content)
        count += count_block(block);
    return count;
}

}  // namespace

// The weights fit what tokenizers make of English, code and JSON; whole numbers keep it exact.
std::int64_t estimate_tokens(std::string_view text) {
    std::size_t tenths = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        std::size_t length = 1;
        if (is_letter(c)) {
            length = run_at(text, at, is_letter);
            tenths += length <= 8 ? 10 : 10 * length / 7;
        } else if (is_digit(c)) {
            length = run_at(text, at, is_digit);
            tenths += 10 * ((length + 2) / 3);
        } else if (base::is_space(c)) {
            length = run_at(text, at, base::is_space);
            // A single space belongs to the word behind it.
            if (length > 1 || c != ' ') tenths += 10;
        } else if (is_sign(c)) {
            length = run_at(text, at, is_sign);
            tenths += 10 * ((length + 1) / 2);
        } else {
            tenths += tenths_of(c);
        }
        at += length;
    }
    return static_cast<std::int64_t>((tenths + 9) / 10);
}

std::variant<std::string, ApiError> count_tokens(std::string_view body) {
    const json::Tree tree(body);
    const Node request = tree.root();
    if (request["messages"].size() == 0) {
        return invalid_request("messages: at least one message is required");
    }
    std::int64_t count = kRequest + count_all(request["system"]);
    for (const Node message : request["messages"])
        count += kTurn + count_all(message["content"]);
    for (const Node tool : request["tools"])
        count += kTool + estimate_tokens(json::compact(tool.raw()));
    json::Out out;
    out.begin_object().number_member("input_tokens", count).end_object();
    return out.text();
}

}  // namespace gomodel::dialect::messages
