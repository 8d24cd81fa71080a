// A client of the Responses API and a provider that only chats: requests, whole answers, and
// streams as bytes. Promises: what is translated from JSON is JSON; a request that is refused is
// refused as the client's mistake, with a reason; a stream ends once, is numbered without gaps, and
// is the same wherever its bytes are cut.

#include <algorithm>
#include <string>

#include "support/grammar_check.hpp"
#include "support/over_chat.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using dialect::ApiError;

constexpr dialect::Endpoint kEndpoint = dialect::Endpoint::kResponses;

void check_request(std::string_view text, bool json) {
    const auto request = adapter_for(kEndpoint)->request(text);
    if (const auto* error = std::get_if<ApiError>(&request)) {
        require(error->status == 400, "a refusal is the client's", error->message);
        require(!error->message.empty(), "a refusal has a reason", text);
    } else {
        require(!json || is_json(std::get<std::string>(request)), "a request becomes JSON",
                std::get<std::string>(request));
    }
}

void check_stream(std::string_view text) {
    bool json = true;  // what comes in is, so what goes out has to be
    SseReader reader;
    reader.feed(
        std::string(text) + "\n\n",
        [&](const SseEvent& event) { json = json && (!event.has_data || is_json(event.data)); },
        [](std::string_view) {});
    const std::string whole = translate(kEndpoint, {std::string(text)});
    for (const Pieces& pieces : ways_to_split(text))
        require(translate(kEndpoint, pieces) == whole, "a stream is the same wherever it is cut",
                text);

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
    check_answer(kEndpoint, text, json);
    check_stream(text);
    return 0;
}
