#include "anthropic/stream.hpp"

#include <algorithm>
#include <utility>

#include <gomodel/json_out.hpp>
#include "anthropic/finish.hpp"

namespace anthropic {

using gomodel::Sink;
using gomodel::json::Node;
using gomodel::json::Out;

void Stream::feed(std::string_view data, Sink out) {
    if (failed_ || data.empty()) return;
    const gomodel::json::Tree tree(data);
    const Node event = tree.root();
    if (!event.is_object()) {
        return fail(error_json("the upstream sent an event that is not a JSON object"), out);
    }
    const Node type = event["type"];
    if (type.equals("error")) return fail(error_json(event["error"]), out);
    if (type.equals("message_start")) return start_message(event["message"], out);
    const bool block = type.escaped().starts_with("content_block_");
    const bool delta = type.equals("message_delta");
    if (!block && !delta) return;  // ping, message_stop, what is yet to be invented
    if (head_.empty()) {
        return fail(error_json("the upstream sent an event before the message began"), out);
    }
    if (delta) return end_message(event, out);
    if (type.equals("content_block_start")) return start_block(event, out);
    if (type.equals("content_block_delta")) return add_delta(event, out);
    if (type.equals("content_block_stop")) return stop_block(event, out);
}

void Stream::end(Sink out) {
    if (finished_ || failed_) return;
    fail(error_json("the upstream ended the stream before it was complete"), out);
}

void Stream::start_message(Node message, Sink out) {
    if (!head_.empty()) return;
    usage_.take(message["usage"]);
    Out head;
    head.begin_object().key("id").escaped(message["id"].escaped());
    head.member("object", "chat.completion.chunk").number_member("created", created_).key("model");
    if (message["model"].escaped().empty()) {
        head.string(model_);
    } else {
        head.raw(message["model"].raw());
    }
    head.member("provider", "anthropic");
    head_ = head.text();
    write_chunk(R"("role":"assistant","content":"")", {}, out);
}

void Stream::start_block(Node event, Sink out) {
    const Node block = event["content_block"];
    const Node type = block["type"];
    Block open{event["index"].integer().value_or(0)};
    if (type.equals("text")) {
        open.is = Is::kText;
        open.separate = any_text_ && !continues_text(block);
        const std::string_view text = block["text"].escaped();
        if (!text.empty()) write_text(open, "content", text, out);
    } else if (type.equals("thinking") || type.equals("redacted_thinking")) {
        start_thought(block, open, out);
    } else if (type.equals("tool_use") && !block["name"].escaped().empty()) {
        start_tool(block, open, out);
    }
    open_.push_back(open);
}

void Stream::start_thought(Node block, Block& open, Sink out) {
    open.thought = thoughts_.size();
    ThoughtBlock& thought = thoughts_.emplace_back();
    thought.index = open.index;
    thought.redacted = block["type"].equals("redacted_thinking");
    thought.text = block[thought.redacted ? "data" : "thinking"].escaped();
    thought.signature = block["signature"].escaped();
    if (thought.redacted) return;
    open.is = Is::kThinking;
    open.separate = any_reasoning_;
    if (!thought.text.empty()) write_text(open, "reasoning_content", thought.text, out);
}

void Stream::start_tool(Node block, Block& open, Sink out) {
    open.is = Is::kTool;
    open.call = calls_++;
    // An empty input is a placeholder: the pieces follow.
    const Node input = block["input"];
    open.has_input = input.is_object() && input.size() > 0;
    Out delta;
    delta.key("tool_calls").begin_array().begin_object().number_member("index", open.call);
    delta.key("id").escaped(block["id"].escaped()).member("type", "function");
    delta.key("function").begin_object().raw_member("name", block["name"].raw());
    delta.member("arguments", open.has_input ? gomodel::json::compact(input.raw()) : std::string());
    delta.end_object().end_object().end_array();
    write_chunk(delta.text(), {}, out);
}

void Stream::add_delta(Node event, Sink out) {
    Block* const block = find(event["index"]);
    if (block == nullptr) return;
    const Node delta = event["delta"];
    const Node type = delta["type"];
    if (block->is == Is::kText && type.equals("text_delta")) {
        write_text(*block, "content", delta["text"].escaped(), out);
    } else if (block->is == Is::kThinking && type.equals("thinking_delta")) {
        const std::string_view text = delta["thinking"].escaped();
        thoughts_[block->thought].text += text;
        write_text(*block, "reasoning_content", text, out);
    } else if (block->is == Is::kThinking && type.equals("signature_delta")) {
        thoughts_[block->thought].signature += delta["signature"].escaped();
    } else if (block->is == Is::kTool && type.equals("input_json_delta")) {
        write_arguments(*block, delta["partial_json"].escaped(), out);
    }
}

void Stream::stop_block(Node event, Sink out) {
    Block* const block = find(event["index"]);
    if (block == nullptr) return;
    if (block->is == Is::kTool && !block->has_input) write_arguments(*block, "{}", out);
    open_.erase(open_.begin() + (block - open_.data()));
}

void Stream::end_message(Node event, Sink out) {
    usage_.take(event["usage"]);
    // A turn may tell its usage more than once; only the last says why it ended.
    if (finished_ || event["delta"]["stop_reason"].missing()) return;
    finished_ = true;
    if (!thoughts_.empty()) write_thoughts(out);
    write_chunk({}, finish_reason(event["delta"]["stop_reason"]), out);
    if (include_usage_) write_usage(out);
}

void Stream::fail(const std::string& error, Sink out) {
    // What was used until here was used.
    if (!finished_ && include_usage_ && usage_.present() && !head_.empty()) write_usage(out);
    failed_ = true;
    out.write(GM_OUT_ERROR, error);
}

void Stream::write_text(Block& block, const char* member, std::string_view escaped, Sink out) {
    if (escaped.empty()) return;
    Out delta;
    delta.key(member);
    if (std::exchange(block.separate, false)) {
        delta.escaped(std::string("\\n\\n").append(escaped));
    } else {
        delta.escaped(escaped);
    }
    (block.is == Is::kText ? any_text_ : any_reasoning_) = true;
    write_chunk(delta.text(), {}, out);
}

void Stream::write_arguments(Block& block, std::string_view escaped, Sink out) {
    if (escaped.empty()) return;
    block.has_input = true;
    Out delta;
    delta.key("tool_calls").begin_array().begin_object().number_member("index", block.call);
    delta.key("function").begin_object().key("arguments").escaped(escaped).end_object();
    delta.end_object().end_array();
    write_chunk(delta.text(), {}, out);
}

void Stream::write_thoughts(Sink out) const {
    Out delta;
    delta.key("thinking_blocks").begin_array();
    for (const ThoughtBlock& thought : thoughts_)
        write_thought(thought, delta);
    delta.end_array();
    write_chunk(delta.text(), {}, out);
}

void Stream::write_usage(Sink out) const {
    Out usage;
    usage_.write(usage);
    out.write(GM_OUT_CHUNK, head_ + R"(,"choices":[],"usage":)" + usage.text() + "}");
}

void Stream::write_chunk(std::string_view delta, std::string_view reason, Sink out) const {
    std::string chunk;
    chunk.reserve(head_.size() + delta.size() + 96);
    chunk.append(head_).append(R"(,"choices":[{"index":0,"delta":{)").append(delta);
    chunk.append(R"(},"logprobs":null,"finish_reason":)");
    if (reason.empty()) {
        chunk.append("null");
    } else {
        chunk.append("\"").append(reason).append("\"");
    }
    chunk.append("}]");
    // Clients that ask for usage get the member in every chunk, and its value in the last.
    if (include_usage_) chunk.append(R"(,"usage":null)");
    chunk.append("}");
    out.write(GM_OUT_CHUNK, chunk);
}

Stream::Block* Stream::find(Node index) {
    const auto number = index.integer();
    const auto found = std::find_if(open_.begin(), open_.end(), [&](const Block& block) {
        return number && block.index == *number;
    });
    return found == open_.end() ? nullptr : &*found;
}

}  // namespace anthropic
