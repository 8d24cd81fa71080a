// The grammar of a stream of the Responses API (OpenAI API reference, "Streaming events"):
// response.created; output items, each added and done, with parts and deltas in between; one of
// response.completed, .incomplete and .failed. Unknown events may come in between. "[DONE]" may
// follow. Pure; one a stream.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/grammar/findings.hpp"
#include "dialect/grammar/json_watch.hpp"

namespace gomodel::dialect::grammar {

class ResponsesGrammar {
public:
    // Looks at an event with data.
    void take(const SseEvent& event, Findings& findings);
    // An event of this type, too long to be held, went by.
    void take_unseen(std::string_view type);
    // The event that ends the response, or an error, has been seen.
    bool ended() const { return ended_; }
    // For an event that follows.
    std::int64_t next_sequence() const { return sequence_ + 1; }

private:
    enum class Scope : std::uint8_t { kItem, kContent, kSummary };
    // Which of an item's parts, by their index, there are: of its content or of its summary.
    struct Parts {
        std::uint64_t known = 0;
        std::uint64_t open = 0;
    };
    struct Item {
        std::int64_t index = 0;
        bool open = true;
        std::string id;  // raw; only of our own
        Parts content;
        Parts summary;
        JsonWatch arguments;
        bool any_arguments = false;
    };
    struct Event;

    static constexpr std::size_t kMaxItems = 4096;  // what is more is not followed
    static constexpr std::int64_t kMaxParts = 64;

    static Event read(std::string_view data);
    void take_done(Findings& findings);
    void take_known(const Event& event, std::string_view type, Findings& findings);
    void check_sequence(const Event& event, Findings& findings);
    void add_item(const Event& event, Findings& findings);
    void end_item(const Event& event, Findings& findings);
    void add_part(const Event& event, Scope scope, Findings& findings);
    void end_part(const Event& event, Scope scope, Findings& findings);
    void delta(const Event& event, Scope scope, Findings& findings);
    void argument_delta(const Event& event, Findings& findings);
    void arguments_done(const Event& event, Findings& findings);
    void end(const Event& event, std::string_view type, Findings& findings);
    Item* item_of(const Event& event, Findings& findings);
    Item* find(std::int64_t index);

    std::vector<Item> items_;
    std::int64_t sequence_ = -1;
    bool sequenced_ = false;
    bool started_ = false;
    bool ended_ = false;
    bool failed_ = false;  // by `error` or response.failed: the other may follow
    bool done_ = false;    // "[DONE]"
    bool blind_ = false;   // not all items are known
    bool incomplete_ = false;
};

}  // namespace gomodel::dialect::grammar
