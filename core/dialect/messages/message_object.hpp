// The parts of an answer that are the same whole and streamed: whose it is, what it cost, why it
// ended. Texts are kept escaped, as they came. Pure.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "dialect/adapter.hpp"

namespace gomodel::dialect::messages {

// What is known before the upstream answers.
struct MessageHead {
    AnswerMark mark;
    std::string model;                        // of the request, escaped
    std::vector<std::string> stop_sequences;  // of the request, escaped
    bool shows_thinking = true;
};

void read_request(json::Node request, MessageHead& head);

// Opens the message object and writes its members up to `role`. completion: or a chunk.
void begin_message(const MessageHead& head, json::Node completion, json::Out& out);

// A chat answer's usage as this API counts: what was read from a cache and written to it is told
// beside the input. Zeros: nobody counted.
std::string usage_of(json::Node usage);

// How an answer ended, as it went by.
struct Ending {
    std::string finish_reason;  // chat's
    std::string matched;        // the stop sequence, from upstreams that tell; escaped
    bool called = false;        // a tool
    bool refused = false;

    void take(json::Node choice);
    // Members `stop_reason` and `stop_sequence`.
    void write(const MessageHead& head, json::Out& out) const;
};

bool is_cut_short(std::string_view finish_reason);

// The carrier of what only the provider can read of its thinking. blocks: a JSON array.
void write_carrier(const MessageHead& head, std::string_view blocks, json::Out& out);

}  // namespace gomodel::dialect::messages
