#include "dialect/grammar/messages_grammar.hpp"

#include <algorithm>

#include "dialect/grammar/json_cursor.hpp"
#include "dialect/grammar/named_event.hpp"

namespace gomodel::dialect::grammar {

// What an event has. Views are into its data; strings stay as they are written.
struct MessagesGrammar::Event {
    std::string_view type;
    std::int64_t index = -1;
    std::string_view block_type;
    std::string_view delta_type;
    std::string_view partial_json;
    std::string_view stop_reason;
    bool has_usage = false;  // its own, or its message's
    bool whole = false;      // it is JSON
    bool object = false;
};

MessagesGrammar::Event MessagesGrammar::read(std::string_view data) {
    Event event;
    JsonCursor cursor(data);
    const auto take_usage = [&] { event.has_usage = cursor.skip().starts_with('{'); };
    const auto in_message = [&](std::string_view key) {
        if (key == "usage") return take_usage();
        cursor.skip();
    };
    const auto in_block = [&](std::string_view key) {
        if (key == "type") {
            event.block_type = cursor.string_or_skip();
        } else {
            cursor.skip();
        }
    };
    const auto in_delta = [&](std::string_view key) {
        if (key == "type") {
            event.delta_type = cursor.string_or_skip();
        } else if (key == "partial_json") {
            event.partial_json = cursor.string_or_skip();
        } else if (key == "stop_reason") {
            event.stop_reason = cursor.string_or_skip();
        } else {
            cursor.skip();
        }
    };
    event.object = cursor.peek() == '{';
    if (!event.object) cursor.skip();
    if (event.object) {
        cursor.object([&](std::string_view key) {
            const bool nested = cursor.peek() == '{';
            if (key == "type") {
                event.type = cursor.string_or_skip();
            } else if (key == "index") {
                event.index = cursor.index_or_skip();
            } else if (key == "usage") {
                take_usage();
            } else if (key == "message" && nested) {
                cursor.object(in_message);
            } else if (key == "content_block" && nested) {
                cursor.object(in_block);
            } else if (key == "delta" && nested) {
                cursor.object(in_delta);
            } else {
                cursor.skip();
            }
        });
    }
    event.whole = cursor.at_end();
    return event;
}

void MessagesGrammar::take(const SseEvent& event, Findings& findings) {
    if (ended_) return findings.drop(Rule::kEventAfterEnd);
    if (event.data.starts_with("[DONE]")) return findings.drop(Rule::kForeignEnd);
    const Event read_event = read(event.data);
    if (!read_event.whole) return findings.end(Rule::kNotJson);
    if (!read_event.object) {
        ended_ = event.name == "error";  // to SDKs it is one, whatever its data is
        return findings.count(Rule::kNotJson);
    }
    const std::string_view type = type_of(event, read_event.type, findings);
    take_known(read_event, type, findings);
    const bool passes = findings.verdict().fate == Verdict::Fate::kPass;
    if (passes && event.name.empty() && !type.empty()) {
        findings.instead(Rule::kMissingEventName, with_name(event, type));
    }
}

void MessagesGrammar::take_known(const Event& event, std::string_view type, Findings& findings) {
    if (type == "error") {
        ended_ = true;
        return;
    }
    if (type == "message_start") return start_message(event, findings);
    const bool of_block = type.starts_with("content_block_");
    const bool of_message = type == "message_delta" || type == "message_stop";
    if (!of_block && !of_message) return;  // ping, and what is not known yet
    if (!started_) return findings.end(Rule::kMissingStart);
    if (type == "content_block_delta") return delta(event, findings);
    if (type == "content_block_start") return start_block(event, findings);
    if (type == "content_block_stop") return stop_block(event, findings);
    if (type == "message_delta") return message_delta(event, findings);
    if (type == "message_stop") return stop_message(findings);
}

void MessagesGrammar::take_unseen(std::string_view type) {
    if (type == "message_start") started_ = true;
    if (type == "message_delta") stop_reason_ = true;
    if (type == "message_stop" || type == "error") ended_ = true;
    if (type.starts_with("content_block_")) blind_ = true;
}

void MessagesGrammar::start_message(const Event& event, Findings& findings) {
    if (started_) return findings.drop(Rule::kRepeatedStart);
    started_ = true;
    if (!event.has_usage) findings.count(Rule::kMissingUsage);
}

MessagesGrammar::Block* MessagesGrammar::find(std::int64_t index) {
    const auto found = std::find_if(blocks_.rbegin(), blocks_.rend(),
                                    [&](const Block& block) { return block.index == index; });
    return found == blocks_.rend() ? nullptr : &*found;
}

MessagesGrammar::Kind MessagesGrammar::kind_of(std::string_view block) {
    if (block == "text") return Kind::kText;
    if (block == "thinking") return Kind::kThinking;
    if (block == "tool_use") return Kind::kTool;
    return Kind::kOther;
}

void MessagesGrammar::open(std::int64_t index, Kind kind) {
    if (blocks_.size() == kMaxBlocks) {
        blind_ = true;
        return;
    }
    Block& block = blocks_.emplace_back();
    block.index = index;
    block.kind = kind;
}

void MessagesGrammar::start_block(const Event& event, Findings& findings) {
    if (stop_reason_) findings.count(Rule::kContentAfterFinish);
    const auto next = static_cast<std::int64_t>(blocks_.size());
    if (event.index < 0) findings.count(Rule::kMissingIndex);
    const std::int64_t index = event.index < 0 ? next : event.index;
    Block* const known = find(index);
    if (known != nullptr) known->open = false;  // it begins again
    if (!blind_) {
        if (known != nullptr) {
            findings.count(Rule::kRepeatedBlock);
        } else if (index != next) {
            findings.count(Rule::kBlockOutOfOrder);
        }
    }
    const bool overlaps =
        std::any_of(blocks_.begin(), blocks_.end(), [](const Block& block) { return block.open; });
    if (overlaps) findings.count(Rule::kOverlappingBlocks);
    open(index, kind_of(event.block_type));
}

void MessagesGrammar::delta(const Event& event, Findings& findings) {
    if (event.index < 0) return findings.count(Rule::kMissingIndex);
    if (Block* const block = find(event.index)) return delta_in(*block, event, findings);
    if (blind_) return;
    const bool text = event.delta_type == "text_delta";
    const bool thinking = event.delta_type == "thinking_delta";
    // What a block has besides its deltas can be made up only for these.
    if (!text && !thinking) return findings.end(Rule::kDeltaWithoutBlock);
    const std::string head = R"({"type":"content_block_start","index":)" +
                             std::to_string(event.index) + R"(,"content_block":)";
    const std::string_view block = text ? R"({"type":"text","text":""}})"
                                        : R"({"type":"thinking","thinking":"","signature":""}})";
    std::string start;
    append_sse(start, "content_block_start", head + std::string(block));
    findings.insert(Rule::kDeltaWithoutBlock, start);
    open(event.index, text ? Kind::kText : Kind::kThinking);
}

void MessagesGrammar::delta_in(Block& block, const Event& event, Findings& findings) {
    if (!block.open) findings.count(Rule::kDeltaAfterBlock);
    const std::string_view type = event.delta_type;
    const bool json = type == "input_json_delta";
    const bool text = type == "text_delta" || type == "citations_delta";
    const bool thinking = type == "thinking_delta" || type == "signature_delta";
    const bool wrong = (block.kind == Kind::kText && (json || thinking)) ||
                       (block.kind == Kind::kThinking && (json || text)) ||
                       (block.kind == Kind::kTool && (text || thinking));
    if (wrong) findings.count(Rule::kWrongDelta);
    if (json) block.input.feed(event.partial_json);
}

void MessagesGrammar::stop_block(const Event& event, Findings& findings) {
    Block* const block = find(event.index);
    if (block == nullptr && (blind_ || event.index < 0)) {
        if (event.index < 0) findings.count(Rule::kMissingIndex);
        return;
    }
    if (block == nullptr || !block->open) return findings.drop(Rule::kStopWithoutBlock);
    block->open = false;
    // The input of a tool without parameters may be left out.
    if (!blind_ && !block->input.empty() && !block->input.whole()) incomplete_ = true;
}

void MessagesGrammar::stop_open_blocks(Findings& findings) {
    for (Block& block : blocks_) {
        if (!block.open) continue;
        block.open = false;
        std::string stop;
        append_sse(stop, "content_block_stop",
                   R"({"type":"content_block_stop","index":)" + std::to_string(block.index) + "}");
        findings.insert(Rule::kBlockNotStopped, stop);
    }
}

void MessagesGrammar::message_delta(const Event& event, Findings& findings) {
    if (!event.has_usage) findings.count(Rule::kMissingUsage);
    if (event.stop_reason.empty()) return;
    stop_reason_ = true;
    stop_open_blocks(findings);
    const std::string_view reason = event.stop_reason;
    const bool whole = reason == "end_turn" || reason == "tool_use" || reason == "stop_sequence";
    if (whole && incomplete_) findings.count(Rule::kIncompleteArguments);
}

void MessagesGrammar::stop_message(Findings& findings) {
    ended_ = true;
    if (!stop_reason_) findings.count(Rule::kMissingFinish);
    stop_open_blocks(findings);
}

}  // namespace gomodel::dialect::grammar
