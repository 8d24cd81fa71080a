// What clients ask of Claude models and what comes back from Anthropic: requests, answers, and
// streams, an event a line. Promises: what is translated from JSON is JSON; a request that is
// refused is refused as the client's mistake, with a reason; nothing else is thrown; and a stream
// says once at most how it ended.

#include <gomodel/error.hpp>
#include <gomodel/testing/recording_sink.hpp>

#include <algorithm>
#include <string>

#include "anthropic/answer.hpp"
#include "anthropic/model_list.hpp"
#include "anthropic/request/chat_request.hpp"
#include "anthropic/stream.hpp"
#include "support/is_json.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using gomodel::testing::RecordingSink;

void check_request(std::string_view text, bool json) {
    for (const char* const model : {"claude-sonnet-4-5", "claude-opus-4-7"}) {
        try {
            const auto request = anthropic::translate_request(model, text, true, {});
            require(!json || is_json(request.body), "a request becomes JSON", request.body);
        } catch (const gomodel::Error& error) {
            require(error.status() == GM_INVALID, "a refusal is the client's", error.message());
            require(!error.message().empty(), "a refusal has a reason", text);
        }
    }
}

void check_answer(std::string_view text, bool json) {
    const auto answer = anthropic::translate_answer(text, "model", 5);
    require(!json || is_json(answer.json), "an answer becomes JSON", answer.json);
    anthropic::ModelList list;
    if (!list.add(text, 5)) return;
    const std::string models = list.finish();
    require(!json || is_json(models), "a list of models becomes JSON", models);
}

void check_stream(std::string_view text) {
    anthropic::Stream stream("model", true, 5);
    RecordingSink sink;
    bool json = true;
    while (!text.empty()) {
        const std::string_view event = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(event.size() + 1, text.size()));
        json = json && is_json(event);
        stream.feed(event, gomodel::Sink(sink.abi()));
    }
    stream.end(gomodel::Sink(sink.abi()));
    int errors = 0;
    int reasons = 0;
    for (const auto& output : sink.outputs()) {
        require(!json || is_json(output.bytes), "an event becomes JSON", output.bytes);
        if (output.kind == GM_OUT_ERROR) ++errors;
        if (output.bytes.find(R"(},"logprobs":null,"finish_reason":")") != std::string::npos) {
            ++reasons;
        }
    }
    require(errors <= 1 && reasons <= 1, "a stream ends once", sink.text());
    require(errors + reasons > 0, "a stream says how it ended", sink.text());
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
