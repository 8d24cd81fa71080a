// An upstream's stream of chat chunks on its way to a client of another dialect: cuts it into
// events, has an adapter translate each, and keeps the account of it as StreamFilter does. Pure;
// one a stream.
#pragma once

#include <gomodel/sse.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/adapter.hpp"
#include "dialect/stream_filter.hpp"

namespace gomodel::dialect {

class AdaptedStream {
public:
    // The adapter must outlive it.
    explicit AdaptedStream(Adapter& adapter) : adapter_(adapter) {}

    // Takes the next bytes of the upstream's stream and appends the client's events to `out`.
    // ApiError: the stream has failed; nothing more is to be fed, fail() ends it.
    Failure feed(std::string_view bytes, std::string& out);
    // The same for the data of one event.
    Failure chunk(std::string_view data, std::string& out);
    // The upstream ended the stream. ApiError: it is cut off, without "[DONE]" and without a
    // finish_reason.
    Failure finish(std::string& out);
    void fail(const ApiError& error, std::string& out) { adapter_.fail(error, out); }

    // What the upstream's own events say.
    const StreamFilter& upstream() const { return filter_; }
    StreamFilter& upstream() { return filter_; }

private:
    void take(const SseEvent& event, std::string& out);

    Adapter& adapter_;
    SseReader reader_{kMaxEvent};
    StreamFilter filter_{Endpoint::kChat, false};
    std::vector<std::string_view> passed_;  // by the filter, for nobody
    std::string framed_;
    Failure failure_;
    bool done_ = false;
};

}  // namespace gomodel::dialect
