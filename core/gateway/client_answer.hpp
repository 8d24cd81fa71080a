// What the client gets: a JSON body that is held back until it is whole or large, or a stream of
// events. Notes on the record what passes: status, usage, first output, how it ended. Loop thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialect/adapted_stream.hpp"
#include "dialect/member_scanner.hpp"
#include "dialect/stream_filter.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::gateway {

// Answers with an error in the envelope of the client's API. REQUIRES: there is one, and nothing
// was sent yet.
net::Task<void> answer_error(RequestContext* context, dialect::Failure error,
                             net::HeaderFields extra = {});

// A JSON answer.
class BodyAnswer {
public:
    // Held back at most: until then a failure of the upstream can still be told as an error.
    static constexpr std::size_t kHold = 128 * 1024;

    // upstream: the answer's fields, some of which are passed on; they must outlive the answer.
    BodyAnswer(RequestContext& context, const net::HeaderFields& upstream,
               std::optional<std::uint64_t> length);

    // What is noted of the answer is this and not what it says itself. Before write().
    void count_as(dialect::AnswerSummary summary) { counted_ = std::move(summary); }

    // Takes the next bytes. False: flush() before the next ones. Look at not_json() after each.
    bool write(std::string_view bytes, bool last);
    // False: the client is gone.
    net::Task<bool> flush();
    // True iff the client has been sent a part already: it is too late for an error answer.
    bool begun() const { return context_.client.started(); }
    // What came is not a JSON object: the piece that showed it was not sent.
    bool not_json() const { return not_json_; }

private:
    void begin(std::optional<std::uint64_t> length);
    bool send(std::string_view bytes, bool last);
    void note_usage();
    void note(dialect::AnswerSummary answer);

    RequestContext& context_;
    const net::HeaderFields& upstream_;
    std::optional<std::uint64_t> length_;  // of the whole
    dialect::MemberScanner scanner_{{"usage", "model", "id"}};
    std::optional<dialect::AnswerSummary> counted_;
    std::string held_;
    bool last_held_ = false;  // the end of the answer waits in held_ until usage is recorded
    bool not_json_ = false;
};

// Answers with JSON that the gateway made itself. `body` must outlive the task.
net::Task<void> answer_json(RequestContext* context, std::string_view body);

// Answers out of a cache: with these bytes as they are. `cache`: "exact"; all must outlive the
// task.
net::Task<void> answer_recalled(RequestContext* context, std::string_view body, bool stream,
                                std::string_view cache);

// Answers with the translation of a whole chat completion. An error: it is none, and nothing was
// sent. `upstream` and `completion` must outlive the task.
net::Task<dialect::Failure> answer_adapted(RequestContext* context, dialect::Adapter* adapter,
                                           const net::HeaderFields* upstream,
                                           std::string_view completion);

// An answer that is a stream of server-sent events.
class StreamAnswer {
public:
    // adapter: translates the upstream's chat chunks, unless null; must outlive the answer.
    StreamAnswer(RequestContext& context, dialect::Endpoint endpoint, bool withhold_usage,
                 dialect::Adapter* adapter);

    // The upstream was asked to tell the usage of its chat stream.
    void expect_usage() { (adapted_ != nullptr ? adapted_->upstream() : filter_).expect_usage(); }
    // What is not shown in an error that the upstream's stream tells. Must outlive the answer.
    void hide(const base::HiddenWords& words) { filter_.hide(words); }
    // Sends the head; nothing goes out before the first write() or flush().
    void begin(const net::HeaderFields& upstream);
    bool begun() const { return context_.client.started(); }

    // Takes bytes of the upstream's event stream. False: flush() before the next ones. Look at
    // failure() after each.
    bool write(std::string_view bytes);
    // One event's data, framed here.
    bool write_event(std::string_view data);
    net::Task<bool> flush();
    // Why what came cannot be translated, or sent on. What came before it was written.
    const dialect::Failure& failure() const { return failure_; }

    // The upstream is done. Completes the stream; an error: it is cut off.
    net::Task<dialect::Failure> finish();
    // Ends the stream with an error event, in a way that cannot be taken for a whole answer.
    net::Task<void> fail(dialect::ApiError error);
    // The client is gone: notes what was used so far, and whose doing the end was.
    void abandon();

private:
    bool send(bool last);
    // Leaves in out_ what may be sent; see failure().
    void filter_translated();
    void filter(std::string_view bytes);
    void report_violations(dialect::StreamFilter& filter, dialect::Endpoint endpoint);
    const dialect::StreamFilter& account() const;
    void note_usage(bool whole);

    RequestContext& context_;
    const dialect::Endpoint endpoint_;
    dialect::StreamFilter filter_;                     // the last before the client
    std::unique_ptr<dialect::AdaptedStream> adapted_;  // in front of it; null: nothing translates
    dialect::Failure failure_;
    std::string translated_;
    std::vector<std::string_view> out_;
    std::string framed_;
};

}  // namespace gomodel::gateway
