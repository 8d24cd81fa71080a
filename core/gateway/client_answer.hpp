// What the client gets: a JSON body that is held back until it is whole or large, or a stream of
// events. Notes on the record what passes: status, usage, first output, how it ended. Loop thread.
#pragma once

#include <string>
#include <vector>

#include "dialect/member_scanner.hpp"
#include "dialect/stream_filter.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::gateway {

// Answers with an error in the envelope of the OpenAI API. REQUIRES: nothing was sent yet.
net::Task<void> answer_error(RequestContext* context, dialect::ApiError error,
                             net::HeaderFields extra = {});

// A JSON answer.
class BodyAnswer {
public:
    // Held back at most: until then a failure of the upstream can still be told as an error.
    static constexpr std::size_t kHold = 128 * 1024;

    // upstream: the answer's fields, some of which are passed on; they must outlive the answer.
    BodyAnswer(RequestContext& context, const net::HeaderFields& upstream,
               std::optional<std::uint64_t> length)
        : context_(context), upstream_(upstream), length_(length) {}

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

    RequestContext& context_;
    const net::HeaderFields& upstream_;
    std::optional<std::uint64_t> length_;  // of the whole
    dialect::MemberScanner scanner_{{"usage", "model", "id"}};
    std::string held_;
    bool last_held_ = false;  // the end of the answer waits in held_ until usage is recorded
    bool not_json_ = false;
};

// An answer that is a stream of server-sent events.
class StreamAnswer {
public:
    StreamAnswer(RequestContext& context, dialect::Endpoint endpoint, bool withhold_usage)
        : context_(context), endpoint_(endpoint), filter_(endpoint, withhold_usage) {}

    // Sends the head; nothing goes out before the first write() or flush().
    void begin(const net::HeaderFields& upstream);
    bool begun() const { return context_.client.started(); }

    // Takes bytes of an event stream. False: flush() before the next ones.
    bool write(std::string_view bytes);
    // One event's data, framed here.
    bool write_event(std::string_view data);
    net::Task<bool> flush();

    // The upstream is done. Completes the stream; an error: it is cut off.
    net::Task<std::optional<dialect::ApiError>> finish();
    // Ends the stream with an error event, in a way that cannot be taken for a whole answer.
    net::Task<void> fail(dialect::ApiError error);
    // The client is gone: notes what was used so far.
    void abandon() { note_usage(false); }

private:
    bool send(bool last);
    void note_usage(bool whole);

    RequestContext& context_;
    const dialect::Endpoint endpoint_;
    dialect::StreamFilter filter_;
    std::vector<std::string_view> out_;
    std::string framed_;
};

}  // namespace gomodel::gateway
