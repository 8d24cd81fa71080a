// The items that a response consists of, gathered from a chat answer: reasoning, a message, calls
// of functions. Texts are kept escaped, as they came: pieces of a JSON string joined are that
// string. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::dialect::responses {

struct Part {
    bool refusal = false;
    std::string text;
    std::string annotations;  // elements of the JSON array
};

struct Item {
    enum class Kind : std::uint8_t { kReasoning, kMessage, kCall };
    Kind kind = Kind::kMessage;
    std::string id;
    std::vector<Part> parts;  // of a message
    std::string text;         // of reasoning; the arguments of a call
    std::string call_id;
    std::string name;
    std::string thinking;  // of reasoning: blocks only their vendor can read, as JSON
};

// What reasoning items carry the blocks in, for clients to send back.
inline constexpr std::string_view kThinkingMark = "thinking_blocks:";

inline constexpr std::string_view kInProgress = "in_progress";
inline constexpr std::string_view kCompleted = "completed";
inline constexpr std::string_view kIncomplete = "incomplete";

void write_part(const Part& part, json::Out& out);
void write_summary(std::string_view escaped, json::Out& out);
void write_item(const Item& item, std::string_view status, json::Out& out);

// Vendors' two names for the reasoning of a message or delta; absent if there is none.
json::Node reasoning_of(json::Node message);
// A string's escaped text, or any other value as JSON in a string; null and absent are empty.
std::string escaped_of(json::Node value);
// Text given as a string or as parts of type "text", escaped.
std::string content_of(json::Node content);
// The annotations of a chat message, as elements of a part's array.
std::string annotations_of(json::Node message);

}  // namespace gomodel::dialect::responses
