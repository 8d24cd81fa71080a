// A client of the Responses API and a provider that only chats: requests, whole answers, and
// streams as bytes. Promises: what is translated from JSON is JSON; a request that is refused is
// refused as the client's mistake, with a reason; a stream ends once, is numbered without gaps, and
// is the same wherever its bytes are cut.

#include <rapidjson/document.h>

#include <algorithm>
#include <memory>
#include <string>

#include "dialect/adapted_stream.hpp"
#include "support/grammar_check.hpp"
#include "support/promise.hpp"
#include "support/split.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using dialect::ApiError;

// By an independent parser. Numbers of any size are numbers.
bool is_json(std::string_view text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag>(
        text.data(), text.size());
    return !document.HasParseError();
}

std::unique_ptr<dialect::Adapter> adapter() {
    return dialect::adapter_over_chat(dialect::Endpoint::kResponses, {"id", 7});
}

void check_request(std::string_view text, bool json) {
    const auto request = adapter()->request(text);
    if (const auto* error = std::get_if<ApiError>(&request)) {
        require(error->status == 400, "a refusal is the client's", error->message);
        require(!error->message.empty(), "a refusal has a reason", text);
    } else {
        require(!json || is_json(std::get<std::string>(request)), "a request becomes JSON",
                std::get<std::string>(request));
    }
}

void check_answer(std::string_view text, bool json) {
    const auto answer = adapter()->answer(text);
    if (const auto* translated = std::get_if<std::string>(&answer)) {
        require(!json || is_json(*translated), "an answer becomes JSON", *translated);
    }
}

std::string translate(const Pieces& pieces) {
    const auto chat = adapter();
    dialect::AdaptedStream stream(*chat);
    std::string out;
    std::optional<ApiError> failure;
    for (const std::string& piece : pieces) {
        if (!failure.has_value()) failure = stream.feed(piece, out);
    }
    if (!failure.has_value()) failure = stream.finish(out);
    if (failure.has_value()) stream.fail(*failure, out);
    return out;
}

void check_stream(std::string_view text) {
    bool json = true;  // what comes in is, so what goes out has to be
    SseReader reader;
    reader.feed(
        std::string(text) + "\n\n",
        [&](const SseEvent& event) { json = json && (!event.has_data || is_json(event.data)); },
        [](std::string_view) {});
    const std::string whole = translate({std::string(text)});
    for (const Pieces& pieces : ways_to_split(text))
        require(translate(pieces) == whole, "a stream is the same wherever it is cut", text);

    int ends = 0;
    int number = 0;
    reader.feed(
        whole,
        [&](const SseEvent& event) {
            if (event.data == "[DONE]") return;
            require(!json || is_json(event.data), "an event becomes JSON", event.data);
            const std::string numbered = "\"sequence_number\":" + std::to_string(number++) + ",";
            require(event.data.find(numbered) != std::string_view::npos,
                    "events are numbered without gaps", whole);
            const bool ended = event.name == "response.completed" ||
                               event.name == "response.incomplete" ||
                               event.name == "response.failed";
            if (ended) ++ends;
        },
        [](std::string_view) {});
    require(ends == 1, "a stream ends once", whole);
    if (!json) return;
    // Of arguments that are no JSON the upstream is to blame.
    const std::string broken = tests::broken_rules(dialect::Endpoint::kResponses, whole);
    require(broken.empty() || broken == "incomplete-arguments counted\n", broken, whole);
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gomodel::fuzz;
    const std::string_view text = as_text(data, size);
    const bool json = is_json(text);
    check_request(text, json);
    check_answer(text, json);
    check_stream(text);
    return 0;
}
