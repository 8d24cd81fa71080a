// Event streams of any dialect on their way to a client: the first byte says which, the rest is the
// stream. Promises: what the client gets, and which rules are told broken, is the same wherever the
// bytes are cut; a stream that keeps the rules goes through as it is; what was mended needs no
// mending.

#include <string>

#include "dialect/stream_filter.hpp"
#include "support/grammar_check.hpp"
#include "support/is_json.hpp"
#include "support/promise.hpp"
#include "support/split.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using dialect::Endpoint;
using dialect::grammar::Action;
using dialect::grammar::Measure;

struct Filtered {
    std::string out;
    std::string broken;
    bool changed = false;   // something was mended or ended
    bool not_json = false;  // the reason of an end
    bool complete = false;

    bool operator==(const Filtered&) const = default;
};

Filtered filter(Endpoint endpoint, const Pieces& pieces) {
    dialect::StreamFilter stream(endpoint, false);
    Filtered result;
    std::vector<std::string_view> out;
    const auto take = [&] {
        for (const std::string_view piece : out)
            result.out.append(piece);
        out.clear();
    };
    for (const std::string& piece : pieces) {
        stream.feed(piece, out);
        take();
    }
    result.complete = stream.finish(out);
    take();
    for (const dialect::grammar::Violation& violation : stream.take_violations()) {
        result.broken.append(to_string(violation.rule)).append(" ");
        const bool ended = violation.action == Action::kEnded;
        if (ended && violation.rule == dialect::grammar::Rule::kNotJson) result.not_json = true;
        result.changed = result.changed || violation.action != Action::kCounted;
    }
    return result;
}

// By an independent parser: true iff all data is JSON.
bool all_json(std::string_view text) {
    bool json = true;
    SseReader reader;
    reader.feed(
        text,
        [&](const SseEvent& event) {
            if (!event.has_data || event.data == "[DONE]") return;
            json = json && is_json(event.data);
        },
        [](std::string_view) {});
    return json;
}

void check_stream(Endpoint endpoint, std::string_view text) {
    const Filtered whole = filter(endpoint, {std::string(text)});
    for (const Pieces& pieces : ways_to_split(text))
        require(filter(endpoint, pieces) == whole, "a stream is the same wherever it is cut", text);
    // The last event may lack its blank line.
    const bool json = all_json(std::string(text) + "\n\n");
    if (json) require(!whole.not_json, "JSON is taken for JSON", text);
    if (!whole.complete) return;
    if (!whole.changed && text.ends_with("\n\n")) {
        const bool kept = whole.out.starts_with(text);
        require(kept, "a stream that keeps the rules goes through as it is", text);
    }
    // What is no JSON may be found out only by looking at it once more.
    if (!json) return;
    const std::string again = tests::broken_rules(endpoint, whole.out, Measure::kUpstream);
    require(again.find(" mended") == std::string::npos, "what was mended needs no mending",
            again + whole.out);
    require(again.find(" ended") == std::string::npos, "what went out can go out",
            again + whole.out);
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gomodel::fuzz;
    if (size == 0) return 0;
    constexpr std::array kEndpoints = {Endpoint::kChat, Endpoint::kResponses, Endpoint::kMessages};
    const Endpoint endpoint = kEndpoints[data[0] % kEndpoints.size()];
    check_stream(endpoint, as_text(data + 1, size - 1));
    return 0;
}
