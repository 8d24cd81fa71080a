// Event streams of upstreams. Promises: the reader finds the events that the text of the standard
// describes, loses no byte, and neither it nor the filter gives anything else when the stream is
// cut into other pieces; what append_sse() writes is read back.

#include <gomodel/sse.hpp>

#include "dialect/stream_filter.hpp"
#include "support/promise.hpp"
#include "support/split.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using dialect::Endpoint;
using dialect::StreamFilter;

std::string described(std::string_view name, std::string_view data, bool has_data) {
    return "event:" + std::string(name) + "\ndata:" + (has_data ? std::string(data) : "none") +
           "\n";
}

struct Events {
    std::string list;
    std::string raw;  // and what is left
};

Events read_events(const Pieces& pieces, std::size_t max_event) {
    SseReader reader(max_event);
    Events events;
    for (const std::string& piece : pieces) {
        reader.feed(
            piece,
            [&](const SseEvent& event) {
                events.raw.append(event.raw);
                events.list += described(event.name, event.data, event.has_data);
            },
            [&](std::string_view part) { events.raw.append(part); });
    }
    events.raw.append(reader.pending());
    return events;
}

// The standard's algorithm for lines that end in LF or CRLF, written down line by line.
std::string events_by_line(std::string_view stream) {
    std::string list;
    std::string name;
    std::string data;
    bool has_data = false;
    for (std::size_t end = stream.find('\n'); end != std::string_view::npos;
         end = stream.find('\n')) {
        std::string_view line = stream.substr(0, end);
        stream.remove_prefix(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) {
            list += described(name, data, has_data);
            name.clear();
            data.clear();
            has_data = false;
            continue;
        }
        const std::size_t colon = line.find(':');
        std::string_view value;
        if (colon != std::string_view::npos) value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (line.substr(0, colon) == "event") name = value;
        if (line.substr(0, colon) != "data") continue;
        if (has_data) data += '\n';
        data += value;
        has_data = true;
    }
    return list;
}

void check_reader(std::string_view stream) {
    const std::size_t unlimited = stream.size() + 1;
    const std::string expected = events_by_line(stream);
    const Events whole = read_events({std::string(stream)}, unlimited);
    require_equal(whole.list, expected, "the reader finds the events of the standard");
    require_equal(whole.raw, stream, "no byte of a stream is lost");
    for (const Pieces& pieces : ways_to_split(stream)) {
        const Events split = read_events(pieces, unlimited);
        require_equal(split.list, expected,
                      "the reader finds the same events however they are cut");
        require_equal(split.raw, stream, "no byte of a cut stream is lost");
        constexpr std::size_t kSmall = 40;
        require_equal(read_events(pieces, kSmall).raw, stream,
                      "no byte of a stream with oversized events is lost");
    }
}

void check_writer(std::string_view input) {
    const std::size_t end_of_name = input.find('\n');
    const std::string_view name = input.substr(0, end_of_name);
    if (name.find('\r') != std::string_view::npos || name.starts_with(' ')) return;
    if (end_of_name == std::string_view::npos) return;
    const std::string_view data = input.substr(end_of_name + 1);
    if (data.find('\r') != std::string_view::npos) return;  // a line end in an event stream
    std::string written;
    append_sse(written, name, data);
    require_equal(read_events({written}, written.size()).list, described(name, data, true),
                  "an event that was written is read back");
}

std::string filtered(const Pieces& pieces, Endpoint endpoint, bool withhold) {
    StreamFilter filter(endpoint, withhold);
    std::vector<std::string_view> out;
    std::string passed;
    const auto take = [&] {
        for (const std::string_view piece : out)
            passed.append(piece);
        out.clear();
    };
    for (const std::string& piece : pieces) {
        filter.feed(piece, out);
        take();
    }
    const bool complete = filter.finish(out);
    take();
    const dialect::TokenUsage& usage = filter.usage();
    passed += "\ncomplete:" + std::to_string(complete) +
              " events:" + std::to_string(filter.events()) +
              " error:" + std::to_string(filter.upstream_error()) + " model:" + filter.model();
    for (const std::int64_t count :
         {usage.prompt, usage.completion, usage.total, usage.cached, usage.reasoning}) {
        passed += ' ' + std::to_string(count);
    }
    return passed;
}

void check_filter(std::string_view stream) {
    for (const Endpoint endpoint : {Endpoint::kChat, Endpoint::kResponses, Endpoint::kMessages}) {
        for (const bool withhold : {false, true}) {
            const std::string whole = filtered({std::string(stream)}, endpoint, withhold);
            for (const Pieces& pieces : ways_to_split(stream)) {
                require_equal(filtered(pieces, endpoint, withhold), whole,
                              "the filter passes the same however the stream is cut");
            }
        }
    }
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view stream = gomodel::fuzz::as_text(data, size);
    gomodel::fuzz::check_reader(stream);
    gomodel::fuzz::check_writer(stream);
    gomodel::fuzz::check_filter(stream);
    return 0;
}
