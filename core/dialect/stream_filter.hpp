// Watches an upstream's event stream on its way to a client of the same dialect: reads usage, holds
// the events to the dialect's grammar, notices how the stream ends, withholds what the client did
// not ask for, and puts right what is merely untidy. Everything else goes through byte for byte,
// event by event. Pure; one a stream.
#pragma once

#include <gomodel/sse.hpp>

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hidden_words.hpp"
#include "dialect/api_error.hpp"
#include "dialect/grammar/stream_grammar.hpp"
#include "dialect/large_event.hpp"
#include "dialect/request.hpp"
#include "dialect/usage.hpp"

namespace gomodel::dialect {

// Of an event that is translated, which has to be whole: the input of a tool call or the text of a
// page that was searched may come in one.
inline constexpr std::size_t kMaxEvent = std::size_t{32} * 1024 * 1024;

class UsageMembers;

class StreamFilter {
public:
    // withhold_usage: the chunk that carries nothing but usage is for the gateway only.
    StreamFilter(Endpoint endpoint, bool withhold_usage,
                 grammar::Measure measure = grammar::Measure::kUpstream);
    ~StreamFilter();

    // Takes the next bytes; appends what the client gets to `out`: views into `bytes` and into this
    // object, valid until the next call. An event cut off by the end of the bytes waits for the
    // rest.
    void feed(std::string_view bytes, std::vector<std::string_view>& out);

    // The upstream was asked to tell the usage: a chat stream without it breaks a rule.
    void expect_usage() { grammar_.expect_usage(); }
    // What is not shown in an event that tells of an error. Must outlive the filter.
    void hide(const base::HiddenWords& words) { hidden_ = &words; }
    // The events come without the end of a stream: finish() adds it.
    void adds_end() { adds_end_ = true; }
    // The upstream ended the stream. Appends what completes it, as feed() does. False: the stream
    // is cut off; the client must be told with error_event().
    bool finish(std::vector<std::string_view>& out);

    // Why the stream cannot go on: an event that clients can make nothing of. Nothing more is
    // passed; the client must be told with error_event().
    const Failure& failure() const { return failure_; }
    // The rules of the grammar that were broken since the last call, each once a stream.
    std::vector<grammar::Violation> take_violations() { return grammar_.take_violations(); }
    bool violated() const { return !grammar_.violations().empty(); }

    // The event that tells a client of this dialect that the stream failed.
    std::string error_event(const ApiError& error) const;

    const TokenUsage& usage() const { return usage_; }
    // True iff only the prompt has been counted so far, as at the start of a message.
    bool only_prompt_counted() const { return only_prompt_counted_; }
    // Of the answer, from the event that had the usage.
    const std::string& model() const { return model_; }
    const std::string& id() const { return id_; }
    bool any_output() const { return events_ != 0; }
    std::uint64_t events() const { return events_; }  // that carried data
    // The upstream itself reported an error inside the stream.
    bool upstream_error() const { return upstream_error_; }

private:
    static void pass(std::string_view raw, std::vector<std::string_view>& out);
    void on_event(const SseEvent& event, std::vector<std::string_view>& out);
    void account(const SseEvent& event);
    bool pass_hidden(const SseEvent& event, std::vector<std::string_view>& out);
    void on_chat(std::string_view data);
    void on_responses(const SseEvent& event);
    void on_messages(const SseEvent& event);
    void on_large_of_messages();
    void on_piece(std::string_view piece, std::vector<std::string_view>& out);
    void on_large();

    const Endpoint endpoint_;
    const bool withhold_usage_;
    const base::HiddenWords* hidden_ = nullptr;
    SseReader reader_;
    grammar::StreamGrammar grammar_;
    std::list<std::string> mended_;  // what the grammar adds, while the client is given it
    Failure failure_;
    std::unique_ptr<LargeEvent> large_;  // the event whose pieces are going by
    bool large_is_late_ = false;         // it comes after the end
    TokenUsage usage_;
    std::unique_ptr<UsageMembers> counts_;  // of a message, as its events tell more and more
    bool only_prompt_counted_ = false;
    std::string model_;
    std::string id_;
    std::uint64_t events_ = 0;
    bool done_ = false;      // data: [DONE], or message_stop
    bool finished_ = false;  // the event before it: a finish_reason, response.completed, ...
    bool upstream_error_ = false;
    bool only_usage_ = false;
    bool adds_end_ = false;
};

}  // namespace gomodel::dialect
