// A stream of chat chunks as the events of a streamed response: every item is announced, grows by
// deltas and is done; the last event repeats the whole. Pure; one a stream.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/responses/response_object.hpp"

namespace gomodel::dialect::responses {

class StreamMapping {
public:
    // The head must outlive it; it is read from the first event on.
    explicit StreamMapping(const ResponseHead& head) : head_(head) {}

    void chunk(json::Node chunk, std::string& out);
    void finish(std::string& out);
    void fail(const ApiError& error, std::string& out);

private:
    // A call whose pieces come.
    struct Call : ChatCall {
        std::string arguments;             // that came and could not be told yet
        std::optional<std::size_t> place;  // of its item, once announced
    };

    void begin(std::string& out);
    void delta(json::Node delta, std::string& out);
    void reasoning(std::string_view escaped, std::string& out);
    void cite(std::string_view annotations);
    void open_part(bool refusal, std::string& out);
    void say(bool refusal, std::string_view escaped, std::string& out);
    void call(json::Node fragment, std::string& out);
    void announce(Call& call, std::string& out);
    void argue(Call& call, std::string_view escaped, std::string& out);
    void give_input(Call& call, std::string& out);

    std::size_t open_item(Item::Kind kind, std::string_view prefix);
    void item_added(std::size_t place, std::string& out);
    void item_done(std::size_t place, std::string_view status, std::string& out);
    void end_part(std::string& out);
    void end_message(std::string_view status, std::string& out);
    void end_thought(std::string& out);
    void end_all(std::string& out);
    void keep_thinking(std::string& out);

    void response_event(std::string_view type, std::string& out);
    // Begins an event's data; send() ends it.
    json::Out event(std::string_view type);
    json::Out item_event(std::string_view type, std::size_t place);
    static void send(std::string_view type, json::Out& data, std::string& out);

    const ResponseHead& head_;
    Response response_;
    std::vector<Call> calls_;
    std::vector<bool> done_;              // items whose end was told
    std::optional<std::size_t> message_;  // the item that text is added to
    std::optional<std::size_t> thought_;  // the item that reasoning is added to
    bool part_open_ = false;              // the message's last one
    std::string thinking_;                // blocks that reasoning items are to carry
    std::string finish_reason_;
    std::int64_t sequence_ = 0;
    bool begun_ = false;
};

}  // namespace gomodel::dialect::responses
