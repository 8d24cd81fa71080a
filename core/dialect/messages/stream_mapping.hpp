// A stream of chat chunks as the events of a streamed message. Its blocks follow each other: what
// comes for a later one, such as another tool's arguments, waits until the one that is being told
// is whole. Pure; one a stream.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_answer.hpp"
#include "dialect/member_scanner.hpp"
#include "dialect/messages/message_object.hpp"
#include "dialect/messages/thinking_blocks.hpp"

namespace gomodel::dialect::messages {

class StreamMapping {
public:
    // The head must outlive it; it is read from the first event on.
    explicit StreamMapping(const MessageHead& head) : head_(head) {}

    void chunk(json::Node chunk, std::string& out);
    void finish(std::string& out);

private:
    enum class Kind : std::uint8_t { kThinking, kText, kTool };

    struct Block {
        Kind kind = Kind::kText;
        std::string waiting;          // to be told, escaped
        std::string member;           // that thinking came in
        std::size_t call = 0;         // of calls_
        MemberScanner arguments{{}};  // sees when a tool's are whole
        bool readable = true;         // the scanner has seen all of them
    };

    struct Call : ChatCall {
        std::optional<std::size_t> block;
    };

    void begin(json::Node chunk, std::string& out);
    void delta(json::Node delta);
    void add_text(Kind kind, std::string_view escaped, std::string_view member = {});
    void add_call(json::Node fragment);
    void tell(bool last, std::string& out);
    bool start(Block& block, bool last, std::string& out);
    void tell_waiting(Block& block, std::string& out);
    void stop(const Block& block, std::string& out);
    static bool is_whole(const Block& block);
    json::Out event(std::string_view type) const;
    static void send(std::string_view type, json::Out& data, std::string& out);

    const MessageHead& head_;
    std::vector<Block> blocks_;
    std::vector<Call> calls_;
    std::size_t told_ = 0;  // blocks that have been stopped, or were none
    bool started_ = false;  // the one behind them
    std::int64_t index_ = 0;
    ThinkingBlocks thinking_blocks_;
    Ending ending_;
    std::string usage_;  // of this API; empty: none came
    bool begun_ = false;
};

}  // namespace gomodel::dialect::messages
