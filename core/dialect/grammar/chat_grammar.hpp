// The grammar of a stream of chat.completion.chunk objects (OpenAI API reference, "The chat
// completion chunk object"): for each choice a role, what it says, a finish_reason; then perhaps a
// chunk with the usage alone, and "[DONE]". Pure; one a stream.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/grammar/event_edit.hpp"
#include "dialect/grammar/findings.hpp"
#include "dialect/grammar/json_cursor.hpp"
#include "dialect/grammar/json_watch.hpp"

namespace gomodel::dialect::grammar {

class ChatGrammar {
public:
    // Looks at an event with data.
    void take(const SseEvent& event, Findings& findings);
    // An event too long to be held went by. What it said is unknown.
    void take_unseen(std::string_view type);
    // The upstream was asked to tell the usage.
    void expect_usage() { expects_usage_ = true; }
    // "[DONE]", or an error, has been seen.
    bool ended() const { return done_ || failed_; }

private:
    struct Call {
        std::int64_t index = 0;
        JsonWatch arguments;
        bool readable = true;  // as a JSON text in a string
        std::string id;        // both as they are written
        std::string name;
    };
    struct Choice {
        std::int64_t index = 0;
        bool has_role = false;
        bool finished = false;
        std::vector<Call> calls;
    };
    struct Chunk;
    struct IndexPlace;
    struct Fragment;

    // What is more than that is not followed.
    static constexpr std::size_t kMaxChoices = 128;
    static constexpr std::size_t kMaxCalls = 256;
    static constexpr std::size_t kMaxIdentity = 512;

    void on_done(Findings& findings);
    void on_chunk(const SseEvent& event, Findings& findings);
    void read_choice(JsonCursor& cursor, Chunk& chunk, Findings& findings);
    void read_delta(JsonCursor& cursor, Choice& choice, Chunk& chunk, Findings& findings);
    void read_call(JsonCursor& cursor, Choice& choice, Chunk& chunk, Findings& findings);
    void add_call(const Fragment& fragment, Choice& choice, Chunk& chunk, Findings& findings);
    static void give_index(const IndexPlace& place, std::int64_t index, Chunk& chunk,
                           Findings& findings);
    static void leave_out_again(std::string_view key, std::string_view value,
                                std::string_view before, Chunk& chunk, Findings& findings);
    void finish(Choice& choice, std::string_view reason, Findings& findings) const;
    void check_usage(const Chunk& chunk, Findings& findings);
    void remember(const Chunk& chunk);
    Choice* find(std::int64_t index);
    std::string finish_chunk(const Choice& choice) const;

    std::vector<Choice> choices_;
    std::string identity_;  // the members of every chunk, as the first has them
    std::string id_;        // raw
    std::string usage_;     // raw, of the last chunk that has nothing else
    bool any_usage_ = false;
    bool expects_usage_ = false;
    bool started_ = false;
    bool done_ = false;
    bool failed_ = false;
    bool blind_ = false;  // an event was not seen
};

}  // namespace gomodel::dialect::grammar
