// The grammar of a stream of Anthropic's Messages API (Claude API reference, "Streaming messages"):
// message_start; content blocks, each with a start, deltas and a stop; message_delta with the stop
// reason and the usage; message_stop. `ping` and unknown events may come in between. Pure; one a
// stream.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dialect/grammar/findings.hpp"
#include "dialect/grammar/json_watch.hpp"

namespace gomodel::dialect::grammar {

class MessagesGrammar {
public:
    // Looks at an event with data.
    void take(const SseEvent& event, Findings& findings);
    // An event of this type, too long to be held, went by.
    void take_unseen(std::string_view type);
    // message_stop, or an error, has been seen.
    bool ended() const { return ended_; }

private:
    enum class Kind : std::uint8_t { kText, kThinking, kTool, kOther };
    struct Block {
        std::int64_t index = 0;
        Kind kind = Kind::kOther;
        bool open = true;
        JsonWatch input;
    };
    struct Event;

    static constexpr std::size_t kMaxBlocks = 4096;  // what is more is not followed

    static Event read(std::string_view data);
    static Kind kind_of(std::string_view block);
    void take_known(const Event& event, std::string_view type, Findings& findings);
    void start_message(const Event& event, Findings& findings);
    void start_block(const Event& event, Findings& findings);
    void delta(const Event& event, Findings& findings);
    static void delta_in(Block& block, const Event& event, Findings& findings);
    void stop_block(const Event& event, Findings& findings);
    void message_delta(const Event& event, Findings& findings);
    void stop_message(Findings& findings);
    void stop_open_blocks(Findings& findings);
    void open(std::int64_t index, Kind kind);
    Block* find(std::int64_t index);

    std::vector<Block> blocks_;
    bool started_ = false;
    bool stop_reason_ = false;
    bool ended_ = false;
    bool blind_ = false;       // not all blocks are known
    bool incomplete_ = false;  // the input of a tool_use
};

}  // namespace gomodel::dialect::grammar
