// Anthropic's stream events, as chat completion chunks. One object a stream.
// https://docs.anthropic.com/en/docs/build-with-claude/streaming
//
//   message_start          the role
//   text_delta             content
//   thinking_delta         reasoning_content; at the end all thinking_blocks, once, to be sent back
//   tool_use, its input    tool_calls: a header, then pieces of arguments
//   message_delta          finish_reason; then a chunk with usage alone, if it was asked for
//   error                  the usage so far, then an error
//   ping, what is unknown  nothing
#pragma once

#include <gomodel/call.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gomodel/json_tree.hpp>
#include "anthropic/answer.hpp"
#include "anthropic/usage.hpp"

namespace anthropic {

class Stream {
public:
    // `model`: what was asked for, in case the stream does not say. created: Unix seconds.
    Stream(std::string model, bool include_usage, std::int64_t created)
        : model_(std::move(model)), include_usage_(include_usage), created_(created) {}

    // Takes one event's data.
    void feed(std::string_view data, gomodel::Sink out);
    // The stream is over; writes an error if it ended early.
    void end(gomodel::Sink out);

private:
    enum class Is : std::uint8_t { kText, kThinking, kTool, kOther };
    struct Block {
        std::int64_t index;
        Is is = Is::kOther;
        int call = 0;            // of a tool: its index among the calls
        bool has_input = false;  // a piece of it has been sent
        bool separate = false;   // of text or thinking: a blank line comes before it
        std::size_t thought = 0;
    };

    void start_message(gomodel::json::Node message, gomodel::Sink out);
    void start_block(gomodel::json::Node event, gomodel::Sink out);
    void start_tool(gomodel::json::Node block, Block& open, gomodel::Sink out);
    void start_thought(gomodel::json::Node block, Block& open, gomodel::Sink out);
    void add_delta(gomodel::json::Node event, gomodel::Sink out);
    void stop_block(gomodel::json::Node event, gomodel::Sink out);
    void end_message(gomodel::json::Node event, gomodel::Sink out);
    void fail(const std::string& error, gomodel::Sink out);

    void write_text(Block& block, const char* member, std::string_view escaped, gomodel::Sink out);
    void write_arguments(Block& block, std::string_view escaped, gomodel::Sink out);
    void write_thoughts(gomodel::Sink out) const;
    void write_usage(gomodel::Sink out) const;
    // A chunk with one choice; `delta` is what is inside its braces. Empty reason: more to come.
    void write_chunk(std::string_view delta, std::string_view reason, gomodel::Sink out) const;

    Block* find(gomodel::json::Node index);

    const std::string model_;
    const bool include_usage_;
    const std::int64_t created_;
    std::string head_;  // what every chunk begins with; empty: the message has not started
    std::vector<Block> open_;
    std::vector<ThoughtBlock> thoughts_;
    Usage usage_;
    int calls_ = 0;
    bool any_text_ = false;
    bool any_reasoning_ = false;
    bool finished_ = false;
    bool failed_ = false;
};

}  // namespace anthropic
