#include "dialect/responses/input_items.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "dialect/refusal.hpp"
#include "dialect/responses/message_content.hpp"
#include "dialect/responses/output_items.hpp"

namespace gomodel::dialect::responses {
namespace {

using json::Node;
using json::Out;

// What the tools of a provider did, which has no place in chat: what it led to is in the message
// behind it. The last ones are not the model's: tools, and references to what nobody here has kept.
constexpr std::array<std::string_view, 6> kLeftOut{"web_search_call",       "file_search_call",
                                                   "code_interpreter_call", "image_generation_call",
                                                   "additional_tools",      "item_reference"};

bool is_left_out(std::string_view type) {
    return std::find(kLeftOut.begin(), kLeftOut.end(), type) != kLeftOut.end();
}

bool is_custom(Node call) {
    return call["type"].equals("custom_tool_call");
}

// The arguments of a call, escaped. Those of a custom tool are its input, as the function has it
// that stands for it.
std::string arguments_of(Node call) {
    if (!is_custom(call)) return escaped_of(call["arguments"]);
    const std::string quoted = json::quote("{\"input\":\"" + escaped_of(call["input"]) + "\"}");
    return quoted.substr(1, quoted.size() - 2);
}

class Messages {
public:
    Messages(const ToolNames& names, Out& out) : names_(names), out_(out) {}

    void take(Node item, const std::string& place) {
        if (!item.is_object()) throw Refusal(place, "must be an object");
        const Node type = item["type"];
        if (type.equals("function_call") || type.equals("custom_tool_call")) {
            take_call(item, place);
        } else if (type.equals("function_call_output") || type.equals("custom_tool_call_output")) {
            take_output(item, place);
        } else if (type.equals("reasoning")) {
            take_reasoning(item);
        } else if (!is_left_out(type.escaped())) {
            take_message(item, place);
        }
    }

    void finish() {
        flush_assistant();
        flush_given();
    }

private:
    void take_message(Node item, const std::string& place) {
        const Node role = item["role"];
        if (!role.is_string() || role.escaped().empty()) {
            const std::string type = item["type"].text();
            if (type.empty() || type == "message") throw Refusal(place + ".role", "is required");
            throw Refusal(place + ".type",
                          "this provider cannot be given items of type \"" + type + "\"");
        }
        std::string content = chat_content(item["content"], place + ".content");
        flush_given();
        if (role.equals("assistant")) {
            if (!content_.empty() || !calls_.empty()) flush_assistant();
            content_ = std::move(content);
            return;
        }
        flush_assistant();
        out_.begin_object();
        // The newer name of the role is not known everywhere.
        out_.raw_member("role", role.equals("developer") ? "\"system\"" : role.raw());
        out_.raw_member("content", content).end_object();
    }

    void take_call(Node item, const std::string& place) {
        const Node name = item["name"];
        if (!name.is_string() || name.blank()) throw Refusal(place + ".name", "is required");
        const Node given = item["call_id"].escaped().empty() ? item["id"] : item["call_id"];
        flush_given();
        Out call;
        call.begin_object().key("id");
        if (given.escaped().empty()) {
            call.string("call_" + std::to_string(++unnamed_));
        } else {
            call.raw(given.raw());
        }
        call.member("type", "function").key("function").begin_object();
        call.raw_member("name", chat_name(item));
        call.key("arguments").escaped(arguments_of(item)).end_object().end_object();
        if (!calls_.empty()) calls_ += ',';
        calls_ += call.text();
    }

    void take_output(Node item, const std::string& place) {
        const Node call_id = item["call_id"];
        if (!call_id.is_string() || call_id.escaped().empty()) {
            throw Refusal(place + ".call_id", "is required");
        }
        const FunctionOutput output = function_output(item["output"], place + ".output");
        flush_assistant();
        out_.begin_object().member("role", "tool").raw_member("tool_call_id", call_id.raw());
        out_.key("content").escaped(output.text).end_object();
        if (output.others.empty()) return;
        if (!given_.empty()) given_ += ',';
        given_ += output.others;
    }

    // Only what the model's vendor can read is sent back.
    void take_reasoning(Node item) {
        const std::string carried = item["encrypted_content"].text();
        if (!carried.starts_with(kThinkingMark)) return;
        const std::string blocks = carried.substr(kThinkingMark.size());
        if (!blocks.starts_with('[') || !json::valid(blocks)) return;
        if (!thinking_.empty()) flush_assistant();
        flush_given();
        thinking_ = blocks;
    }

    // As JSON.
    std::string chat_name(Node call) const {
        const Node space = call["namespace"];
        if (!is_custom(call) && space.missing()) return std::string(call["name"].raw());
        return json::quote(names_.chat_name({space.text(), call["name"].text()}));
    }

    void flush_assistant() {
        if (!content_.empty() || !calls_.empty()) {
            out_.begin_object().member("role", "assistant");
            out_.raw_member("content", content_.empty() ? "null" : content_);
            if (!thinking_.empty()) out_.raw_member("thinking_blocks", thinking_);
            if (!calls_.empty()) out_.raw_member("tool_calls", "[" + calls_ + "]");
            out_.end_object();
        }
        content_.clear();
        calls_.clear();
        thinking_.clear();
    }

    // The results of one turn's calls have to follow each other: images come behind them.
    void flush_given() {
        if (given_.empty()) return;
        out_.begin_object().member("role", "user").raw_member("content", "[" + given_ + "]");
        out_.end_object();
        given_.clear();
    }

    const ToolNames& names_;
    Out& out_;
    // The assistant's message that is being put together: JSON; empty: none.
    std::string content_;
    std::string calls_;
    std::string thinking_;
    std::string given_;  // parts that functions gave and tool messages cannot carry
    int unnamed_ = 0;
};

}  // namespace

void write_messages(Node input, const ToolNames& names, Out& out) {
    if (input.is_string()) {
        out.begin_object().member("role", "user").raw_member("content", input.raw()).end_object();
        return;
    }
    if (!input.is_array()) throw Refusal("input", "must be a string or an array of items");
    Messages messages(names, out);
    std::size_t index = 0;
    for (const Node item : input)
        messages.take(item, element("input", index++));
    messages.finish();
}

}  // namespace gomodel::dialect::responses
