// Makes one answer of a stream of server-sent events: what the same request would have got without
// streaming, in whichever API's form the events are. A stream that broke off gives what came of it,
// with its `error`. For logs: it never fails. Pure; one object a stream.
#pragma once

#include <gomodel/sse.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "dialect/stream_collect/collector.hpp"

namespace gomodel::dialect {

struct CollectedStream {
    std::string json;         // empty: no event had JSON in it
    std::int64_t events = 0;  // that did
};

class StreamCollect {
public:
    // The next bytes of the stream, cut anywhere.
    void feed(std::string_view bytes);
    // Also takes an event that lacks the blank line behind it.
    CollectedStream finish();

private:
    void take(std::string_view data);

    static constexpr std::size_t kMaxEvent = std::size_t{4} << 20;

    SseReader reader_{kMaxEvent};
    std::unique_ptr<Collector> collector_;
    std::int64_t events_ = 0;
};

CollectedStream collect_stream(std::string_view bytes);

}  // namespace gomodel::dialect
