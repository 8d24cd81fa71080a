// The items that a response consists of, gathered from a chat answer: reasoning, a message, calls
// of functions. Texts are kept escaped, as they came: pieces of a JSON string joined are that
// string. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_answer.hpp"
#include "dialect/responses/tool_names.hpp"

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
    std::string text;         // of reasoning; the arguments of a call, the input of a custom one
    std::string call_id;
    std::string space;  // the namespace of what is called
    std::string name;
    bool custom = false;   // a custom tool is called
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

// Names what a call calls as the client does. `name`: what the model called, escaped.
void name_call(const ToolNames& names, std::string_view name, Item& call);
// What a custom tool is given, escaped. `arguments`: of the function that stands for it, escaped;
// what the model should not have written is passed on whole.
std::string custom_input(const std::string& arguments);

// The annotations of a chat message, as elements of a part's array.
std::string annotations_of(json::Node message);

}  // namespace gomodel::dialect::responses
