#include "dialect/messages/stream_mapping.hpp"

#include <gomodel/sse.hpp>

#include "dialect/messages/thinking_mark.hpp"

namespace gomodel::dialect::messages {

using json::Node;
using json::Out;

void StreamMapping::chunk(Node chunk, std::string& out) {
    begin(chunk, out);
    if (chunk["usage"].is_object()) usage_ = usage_of(chunk["usage"]);
    for (const Node choice : chunk["choices"]) {
        if (choice["index"].integer().value_or(0) != 0) continue;
        delta(choice["delta"]);
        ending_.take(choice);
    }
    tell(false, out);
}

void StreamMapping::finish(std::string& out) {
    begin({}, out);
    tell(true, out);
    if (!thinking_blocks_.empty()) {
        Out data = event("content_block_start");
        data.key("content_block");
        write_carrier(head_, thinking_blocks_.json(), data);
        send("content_block_start", data, out);
        Out end = event("content_block_stop");
        send("content_block_stop", end, out);
    }
    Out data;
    data.begin_object().member("type", "message_delta").key("delta").begin_object();
    ending_.write(head_, data);
    data.end_object().raw_member("usage", usage_.empty() ? usage_of({}) : usage_);
    send("message_delta", data, out);
    Out end;
    end.begin_object().member("type", "message_stop");
    send("message_stop", end, out);
}

void StreamMapping::begin(Node chunk, std::string& out) {
    if (begun_) return;
    begun_ = true;
    Out data;
    data.begin_object().member("type", "message_start").key("message");
    begin_message(head_, chunk, data);
    data.raw_member("content", "[]").raw_member("stop_reason", "null");
    data.raw_member("stop_sequence", "null").raw_member("usage", usage_of(chunk["usage"]));
    data.end_object();
    send("message_start", data, out);
}

void StreamMapping::delta(Node delta) {
    if (head_.shows_thinking) {
        const Node reasoning = reasoning_of(delta);
        if (reasoning) add_text(Kind::kThinking, reasoning.escaped(), reasoning.name());
        thinking_blocks_.take(delta["thinking_blocks"]);
    }
    add_text(Kind::kText, content_of(delta["content"]));
    const std::string_view refusal = delta["refusal"].escaped();
    if (!refusal.empty()) ending_.refused = true;
    add_text(Kind::kText, refusal);
    for (const Node fragment : delta["tool_calls"])
        add_call(fragment);
}

void StreamMapping::add_text(Kind kind, std::string_view escaped, std::string_view member) {
    if (escaped.empty()) return;
    const bool continues = blocks_.size() > told_ && blocks_.back().kind == kind;
    Block& block = continues ? blocks_.back() : blocks_.emplace_back();
    block.kind = kind;
    block.waiting += escaped;
    block.member = std::string(member);
}

// What comes for a call that has been told already was not part of its arguments.
void StreamMapping::add_call(Node fragment) {
    Call& call = find_call(calls_, fragment);
    call.take(fragment);
    if (!call.block.has_value()) {
        call.block = blocks_.size();
        Block& block = blocks_.emplace_back();
        block.kind = Kind::kTool;
        block.call = static_cast<std::size_t>(&call - calls_.data());
    }
    Block& block = blocks_[*call.block];
    const Node arguments = fragment["function"]["arguments"];
    const std::string escaped = escaped_of(arguments);
    const std::string text =
        arguments.is_string() ? arguments.text() : json::compact(arguments.raw());
    if (!escaped.empty() && text.empty()) block.readable = false;  // half a character
    if (!arguments.missing()) block.arguments.feed(text);
    block.waiting += escaped;
}

// Tells what can be told by now, block by block. last: all of it.
void StreamMapping::tell(bool last, std::string& out) {
    for (; told_ < blocks_.size(); ++told_) {
        Block& block = blocks_[told_];
        if (!started_ && !start(block, last, out)) {
            if (!last) return;
            continue;  // it never was a call
        }
        started_ = true;
        tell_waiting(block, out);
        const bool followed = told_ + 1 < blocks_.size();
        if (!last && !(followed && is_whole(block))) return;
        stop(block, out);
        started_ = false;
    }
}

bool StreamMapping::is_whole(const Block& block) {
    return block.kind != Kind::kTool || (block.readable && block.arguments.whole_object());
}

// False: it cannot be started, because its name has not come.
bool StreamMapping::start(Block& block, bool last, std::string& out) {
    if (block.kind == Kind::kTool) {
        const Call& call = calls_[block.call];
        const bool identified = !call.id.empty() || !block.waiting.empty() || last;
        if (call.name.empty() || !identified) return false;
    }
    Out data = event("content_block_start");
    data.key("content_block").begin_object();
    switch (block.kind) {
        case Kind::kThinking:
            data.member("type", "thinking").member("thinking", "").member("signature", "");
            break;
        case Kind::kText:
            data.member("type", "text").member("text", "");
            break;
        case Kind::kTool: {
            const Call& call = calls_[block.call];
            data.member("type", "tool_use").key("id");
            if (call.id.empty()) {
                data.string("toolu_" + head_.mark.id + "_" + std::to_string(block.call));
            } else {
                data.escaped(call.id);
            }
            data.key("name").escaped(call.name).raw_member("input", "{}");
            ending_.called = true;
            break;
        }
    }
    data.end_object();
    send("content_block_start", data, out);
    return true;
}

void StreamMapping::tell_waiting(Block& block, std::string& out) {
    if (block.waiting.empty()) return;
    Out data = event("content_block_delta");
    data.key("delta").begin_object();
    switch (block.kind) {
        case Kind::kThinking:
            data.member("type", "thinking_delta").key("thinking");
            break;
        case Kind::kText:
            data.member("type", "text_delta").key("text");
            break;
        case Kind::kTool:
            data.member("type", "input_json_delta").key("partial_json");
            break;
    }
    data.escaped(block.waiting).end_object();
    block.waiting.clear();
    send("content_block_delta", data, out);
}

void StreamMapping::stop(const Block& block, std::string& out) {
    if (block.kind == Kind::kThinking) {
        Out data = event("content_block_delta");
        data.key("delta").begin_object().member("type", "signature_delta");
        data.member("signature", thinking_mark(head_.mark.source, block.member)).end_object();
        send("content_block_delta", data, out);
    }
    Out data = event("content_block_stop");
    send("content_block_stop", data, out);
    ++index_;
}

// Begins an event of the block that is being told; send() ends it.
Out StreamMapping::event(std::string_view type) const {
    Out data;
    data.begin_object().member("type", type).number_member("index", index_);
    return data;
}

void StreamMapping::send(std::string_view type, Out& data, std::string& out) {
    data.end_object();
    append_sse(out, type, data.text());
}

}  // namespace gomodel::dialect::messages
