#include "dialect/messages/message_object.hpp"

#include <algorithm>
#include <cstdint>

#include "dialect/messages/thinking_mark.hpp"

namespace gomodel::dialect::messages {

using json::Node;
using json::Out;

void read_request(Node request, MessageHead& head) {
    head.model = std::string(request["model"].escaped());
    head.shows_thinking = !request["thinking"]["type"].equals("disabled");
    for (const Node sequence : request["stop_sequences"])
        head.stop_sequences.emplace_back(sequence.escaped());
}

void begin_message(const MessageHead& head, Node completion, Out& out) {
    out.begin_object().member("id", "msg_" + head.mark.id).member("type", "message");
    const std::string_view model = completion["model"].escaped();
    out.key("model").escaped(model.empty() ? head.model : model).member("role", "assistant");
}

std::string usage_of(Node usage) {
    const auto count = [](Node value) {
        return std::max<std::int64_t>(value.integer().value_or(0), 0);
    };
    const Node details = usage["prompt_tokens_details"];
    const std::int64_t read = count(details["cached_tokens"]);
    const Node own = usage["cache_creation_input_tokens"];
    const std::int64_t written = count(own.missing() ? details["cache_write_tokens"] : own);
    const std::int64_t input = count(usage["prompt_tokens"]) - read - written;
    Out out;
    out.begin_object().number_member("input_tokens", std::max<std::int64_t>(input, 0));
    out.number_member("cache_creation_input_tokens", written);
    out.number_member("cache_read_input_tokens", read);
    out.number_member("output_tokens", count(usage["completion_tokens"]));
    const Node thinking = usage["completion_tokens_details"]["reasoning_tokens"];
    if (!thinking.missing()) {
        out.key("output_tokens_details").begin_object();
        out.number_member("thinking_tokens", count(thinking)).end_object();
    }
    return out.end_object().text();
}

void Ending::take(Node choice) {
    const std::string_view reason = choice["finish_reason"].escaped();
    if (!reason.empty()) finish_reason = std::string(reason);
    for (const char* const name : {"stop_reason", "matched_stop"}) {
        const std::string_view sequence = choice[name].escaped();
        if (!sequence.empty()) matched = std::string(sequence);
    }
}

void Ending::write(const MessageHead& head, Out& out) const {
    const auto& asked = head.stop_sequences;
    const bool stopped =
        !matched.empty() && std::find(asked.begin(), asked.end(), matched) != asked.end();
    std::string_view reason = called ? "tool_use" : "end_turn";
    if (refused || finish_reason == "content_filter") {
        reason = "refusal";
    } else if (is_cut_short(finish_reason)) {
        reason = "max_tokens";
    } else if (stopped) {
        reason = "stop_sequence";
    }
    out.member("stop_reason", reason).key("stop_sequence");
    if (reason == "stop_sequence") {
        out.escaped(matched);
    } else {
        out.raw("null");
    }
}

bool is_cut_short(std::string_view finish_reason) {
    return finish_reason == "length" || finish_reason == "max_tokens";
}

void write_carrier(const MessageHead& head, std::string_view blocks, Out& out) {
    out.begin_object().member("type", "redacted_thinking");
    out.member("data", thinking_mark(head.mark.source, kThinkingBlocks).append(blocks));
    out.end_object();
}

}  // namespace gomodel::dialect::messages
