#include "dialect/messages/answer_mapping.hpp"

#include <optional>

#include "dialect/chat_answer.hpp"
#include "dialect/messages/thinking_mark.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;
using json::Out;

void write_text(std::string_view escaped, Out& out) {
    if (escaped.empty()) return;
    out.begin_object().member("type", "text").key("text").escaped(escaped).end_object();
}

void write_thinking(Node message, const MessageHead& head, Out& out) {
    if (const Node reasoning = reasoning_of(message)) {
        out.begin_object().member("type", "thinking").key("thinking").escaped(reasoning.escaped());
        out.member("signature", thinking_mark(head.mark.source, reasoning.name())).end_object();
    }
    const Node blocks = message["thinking_blocks"];
    if (blocks.is_array() && blocks.size() != 0) {
        write_carrier(head, json::compact(blocks.raw()), out);
    }
}

// nullopt: the arguments are no object.
std::optional<std::string> input_of(Node arguments) {
    if (arguments.missing() || arguments.blank()) return "{}";
    const std::string text =
        arguments.is_string() ? arguments.text() : std::string(arguments.raw());
    const json::Tree tree(text);
    if (!tree.root().is_object()) return std::nullopt;
    return json::compact(text);
}

// False: it cannot be told.
bool write_call(Node call, std::size_t index, const MessageHead& head, bool cut_short, Out& out) {
    const Node function = call["function"];
    std::optional<std::string> input = input_of(function["arguments"]);
    if (!input.has_value() && !cut_short) return false;
    out.begin_object().member("type", "tool_use").key("id");
    if (call["id"].escaped().empty()) {
        out.string("toolu_" + head.mark.id + "_" + std::to_string(index));
    } else {
        out.raw(call["id"].raw());
    }
    out.key("name").escaped(function["name"].escaped());
    out.raw_member("input", input.value_or("{}")).end_object();
    return true;
}

}  // namespace

std::variant<std::string, ApiError> map_answer(Node completion, const MessageHead& head) {
    const Node choices = completion["choices"];
    const Node choice = choices.size() == 0 ? Node() : *choices.begin();
    const Node message = choice["message"];
    if (!message.is_object()) {
        return provider_error(502,
                              "the upstream's answer is no chat completion: it has no message");
    }
    Ending ending;
    ending.take(choice);
    ending.refused = !message["refusal"].escaped().empty();
    ending.called = message["tool_calls"].size() != 0;

    Out out;
    begin_message(head, completion, out);
    out.key("content").begin_array();
    if (head.shows_thinking) write_thinking(message, head, out);
    write_text(content_of(message["content"]), out);
    write_text(message["refusal"].escaped(), out);
    std::size_t index = 0;
    for (const Node call : message["tool_calls"]) {
        if (!write_call(call, index++, head, is_cut_short(ending.finish_reason), out)) {
            return provider_error(
                502, "the upstream's answer calls a tool with arguments that are no JSON object");
        }
    }
    out.end_array();
    ending.write(head, out);
    out.raw_member("usage", usage_of(completion["usage"])).end_object();
    return out.text();
}

}  // namespace gomodel::dialect::messages
