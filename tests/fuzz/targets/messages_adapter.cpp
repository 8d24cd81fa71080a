// A client of Anthropic's Messages API and a provider that only chats: requests, whole answers, and
// streams as bytes. Promises: what is translated from JSON is JSON; a request that is refused is
// refused as the client's mistake, with a reason; a stream is the same wherever its bytes are cut,
// its blocks follow each other, and it ends once. Besides, tokens of anything can be counted, and
// what is taken out of a request leaves a request.

#include <gomodel/json_tree.hpp>

#include <string>

#include "dialect/messages/marked_thinking.hpp"
#include "dialect/messages/token_estimate.hpp"
#include "support/grammar_check.hpp"
#include "support/over_chat.hpp"
#include "support/promise.hpp"
#include "support/target.hpp"

namespace gomodel::fuzz {
namespace {

using dialect::ApiError;

constexpr dialect::Endpoint kEndpoint = dialect::Endpoint::kMessages;

void check_refusal(const ApiError& error, std::string_view text) {
    require(error.status == 400, "a refusal is the client's", error.message);
    require(!error.message.empty(), "a refusal has a reason", text);
}

void check_request(std::string_view text, bool json) {
    const auto request = adapter_for(kEndpoint)->request(text);
    if (const auto* error = std::get_if<ApiError>(&request)) {
        check_refusal(*error, text);
    } else {
        require(!json || is_json(std::get<std::string>(request)), "a request becomes JSON",
                std::get<std::string>(request));
    }
    const auto count = dialect::messages::count_tokens(text);
    if (const auto* error = std::get_if<ApiError>(&count)) {
        check_refusal(*error, text);
    } else {
        const json::Tree tree(std::get<std::string>(count));
        require(tree.root()["input_tokens"].integer().value_or(-1) >= 3, "tokens can be counted",
                std::get<std::string>(count));
    }
}

void check_taking_out(std::string_view text, bool json) {
    net::Buffer buffer;
    buffer.append(text);
    dialect::apply(buffer, dialect::messages::without_marked_thinking(text));
    require(!json || is_json(buffer.view()), "a request stays JSON", buffer.view());
    require(dialect::messages::without_marked_thinking(buffer.view()).empty(),
            "nothing is left to take out", buffer.view());
}

// The grammar of a streamed message.
class Grammar {
public:
    void take(const SseEvent& event) {
        const json::Tree tree(event.data);
        const json::Node root = tree.root();
        require(root["type"].equals(event.name), "an event is named by its type", event.data);
        require(!ended_, "nothing follows the end", event.data);
        const std::int64_t index = root["index"].integer().value_or(-1);
        if (event.name == "message_start") {
            require(!begun_, "a message starts once", event.data);
            begun_ = true;
        } else if (event.name == "error") {
            ended_ = true;
        } else {
            require(begun_, "a message starts first", event.data);
            in_message(event, index);
        }
    }
    bool ended() const { return ended_; }

private:
    void in_message(const SseEvent& event, std::int64_t index) {
        if (event.name == "content_block_start") {
            require(!open_ && index == next_, "blocks follow each other", event.data);
            open_ = true;
        } else if (event.name == "content_block_delta") {
            require(open_ && index == next_, "a delta is of the open block", event.data);
        } else if (event.name == "content_block_stop") {
            require(open_ && index == next_, "the open block stops", event.data);
            open_ = false;
            ++next_;
        } else if (event.name == "message_delta") {
            require(!open_ && !concluded_, "the whole is told once, last", event.data);
            concluded_ = true;
        } else {
            require(event.name == "message_stop" && concluded_, "the end is the end", event.data);
            ended_ = true;
        }
    }

    bool begun_ = false;
    bool open_ = false;
    bool concluded_ = false;
    bool ended_ = false;
    std::int64_t next_ = 0;
};

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
    if (!json) return;
    Grammar grammar;
    reader.feed(
        whole,
        [&](const SseEvent& event) {
            require(is_json(event.data), "an event becomes JSON", event.data);
            grammar.take(event);
        },
        [](std::string_view) {});
    require(grammar.ended(), "a stream ends", whole);
    // Of arguments that are no JSON the upstream is to blame.
    const std::string broken = tests::broken_rules(dialect::Endpoint::kMessages, whole);
    require(broken.empty() || broken == "incomplete-arguments counted\n", broken, whole);
}

}  // namespace
}  // namespace gomodel::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gomodel::fuzz;
    const std::string_view text = as_text(data, size);
    const bool json = is_json(text);
    check_request(text, json);
    check_taking_out(text, json);
    check_answer(kEndpoint, text, json);
    check_stream(text);
    return 0;
}
