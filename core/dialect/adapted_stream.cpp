#include "dialect/adapted_stream.hpp"

#include "dialect/member_scanner.hpp"

namespace gomodel::dialect {

void AdaptedStream::take(const SseEvent& event, std::string& out) {
    if (failure_.has_value()) return;
    passed_.clear();
    filter_.feed(event.raw, passed_);
    failure_ = filter_.failure();
    const bool left_out = passed_.empty();  // there is nothing in it for anyone
    if (failure_.has_value() || left_out || !event.has_data || done_) return;
    done_ = event.data.starts_with("[DONE]");
    if (!done_) failure_ = adapter_.chunk(event.data, out);
}

Failure AdaptedStream::feed(std::string_view bytes, std::string& out) {
    reader_.feed(
        bytes, [&](const SseEvent& event) { take(event, out); },
        [&](std::string_view) {
            if (failure_.has_value()) return;
            failure_ = provider_error(502, "an event of the upstream's stream is too large");
        });
    return failure_;
}

Failure AdaptedStream::chunk(std::string_view data, std::string& out) {
    framed_.clear();
    append_sse(framed_, "", data);
    return feed(framed_, out);
}

Failure AdaptedStream::finish(std::string& out) {
    // An event that only lacks its blank line still counts; half of one does not.
    if (!reader_.pending().empty()) {
        const bool line_open = !reader_.pending().ends_with('\n');
        reader_.feed(
            line_open ? "\n\n" : "\n",
            [&](const SseEvent& event) {
                MemberScanner scanner({"", ""});
                scanner.feed(event.data);
                if (event.data.starts_with("[DONE]") || scanner.whole_object()) take(event, out);
            },
            [](std::string_view) {});
    }
    if (failure_.has_value()) return failure_;
    passed_.clear();
    if (!filter_.finish(passed_)) {
        return provider_error(502, "the upstream ended the stream before it was complete");
    }
    adapter_.finish(out);
    return std::nullopt;
}

}  // namespace gomodel::dialect
