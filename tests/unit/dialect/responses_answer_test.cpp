#include <gomodel/json_tree.hpp>

#include <gtest/gtest.h>

#include "dialect/adapted_stream.hpp"
#include "support/grammar_check.hpp"

namespace gomodel::dialect {
namespace {

using json::Node;
using json::Tree;

constexpr std::string_view kRequest =
    R"({"model":"asked","input":"x","metadata":{"a": "b"},"store":true,"temperature":0.5})";

std::unique_ptr<Adapter> asked() {
    auto adapter = adapter_over_chat(Endpoint::kResponses, {"id", 7});
    EXPECT_TRUE(std::holds_alternative<std::string>(adapter->request(kRequest)));
    return adapter;
}

std::string answer(const std::string& message, const std::string& reason = "stop") {
    const auto answer = asked()->answer(
        R"({"id":"chatcmpl-1","model":"m","created":9,"choices":[{"index":0,"message":)" + message +
        R"(,"finish_reason":")" + reason +
        R"("}],"usage":{"prompt_tokens":4,"completion_tokens":3,"total_tokens":7,)"
        R"("prompt_tokens_details":{"cached_tokens":1,"audio_tokens":0},"queue_time":0.25}})");
    const auto* const text = std::get_if<std::string>(&answer);
    EXPECT_NE(text, nullptr);
    return text == nullptr ? "" : *text;
}

std::string output_of(const std::string& response) {
    const Tree tree(response);
    EXPECT_TRUE(tree.ok()) << response;
    return std::string(tree.root()["output"].raw());
}

TEST(ResponsesAnswer, RepeatsTheRequest) {
    EXPECT_EQ(answer(R"({"content":"a"})"),
              R"({"id":"resp_id","object":"response","created_at":9,"status":"completed",)"
              R"("error":null,"incomplete_details":null,"model":"m","output":[)"
              R"({"id":"msg_id_0","type":"message","status":"completed","role":"assistant",)"
              R"("content":[{"type":"output_text","text":"a","annotations":[],"logprobs":[]}]}],)"
              R"("usage":{"input_tokens":4,"input_tokens_details":{"audio_tokens":0,)"
              R"("cached_tokens":1},"output_tokens":3,)"
              R"("output_tokens_details":{"reasoning_tokens":0},"total_tokens":7,)"
              R"("queue_time":0.25},"background":false,"previous_response_id":null,)"
              R"("instructions":null,"max_output_tokens":null,"metadata":{"a":"b"},)"
              R"("parallel_tool_calls":true,"temperature":0.5,"tool_choice":"auto","tools":[],)"
              R"("top_p":null,"truncation":"disabled","user":null,"store":false,)"
              R"("reasoning":{"effort":null,"summary":null},"text":{"format":{"type":"text"}}})");
}

TEST(ResponsesAnswer, MapsTheMessage) {
    EXPECT_EQ(output_of(answer(R"({"content":"","reasoning_content":"why \u00e4",)"
                               R"("thinking_blocks":[{"a": 1}],"tool_calls":[{"id":"c1",)"
                               R"("function":{"name":"f","arguments":"{}"}}]})")),
              R"([{"id":"rs_id_0","type":"reasoning","status":"completed","summary":)"
              R"([{"type":"summary_text","text":"why \u00e4"}],)"
              R"("encrypted_content":"thinking_blocks:[{\"a\":1}]"},)"
              R"({"id":"fc_c1","type":"function_call","status":"completed","call_id":"c1",)"
              R"("name":"f","arguments":"{}"}])");
    EXPECT_EQ(output_of(answer(R"({"content":null,"refusal":"no"})")),
              R"([{"id":"msg_id_0","type":"message","status":"completed","role":"assistant",)"
              R"("content":[{"type":"refusal","refusal":"no"}]}])");
    EXPECT_EQ(output_of(answer(R"({"content":"a","annotations":[{"type":"url_citation",)"
                               R"("url_citation":{"url":"u","title":"t"}}]})")),
              R"([{"id":"msg_id_0","type":"message","status":"completed","role":"assistant",)"
              R"("content":[{"type":"output_text","text":"a","annotations":)"
              R"([{"type":"url_citation","url":"u","title":"t"}],"logprobs":[]}]}])");
}

TEST(ResponsesAnswer, TellsWhatCutItShort) {
    for (const auto& [reason, told] : {std::pair{"length", "max_output_tokens"},
                                       std::pair{"content_filter", "content_filter"}}) {
        const std::string response = answer(R"({"content":"a"})", reason);
        const Tree tree(response);
        EXPECT_TRUE(tree.root()["status"].equals("incomplete"));
        EXPECT_TRUE(tree.root()["incomplete_details"]["reason"].equals(told));
        EXPECT_TRUE((*tree.root()["output"].begin())["status"].equals("incomplete"));
    }
}

TEST(ResponsesAnswer, RefusesWhatIsNoCompletion) {
    for (const char* const wrong : {"[]", "{}", R"({"choices":[]})", R"({"choices":[{}]})"}) {
        const auto told = asked()->answer(wrong);
        ASSERT_TRUE(std::holds_alternative<ApiError>(told)) << wrong;
        EXPECT_EQ(std::get<ApiError>(told).status, 502) << wrong;
    }
    const auto told = asked()->answer(R"({"error":{"message":"out of order"}})");
    EXPECT_EQ(std::get<ApiError>(told).message, "out of order");
}

struct Streamed {
    std::string out;
    Failure error;
    std::int64_t total = 0;
};

Streamed stream(const std::string& upstream, std::size_t step) {
    const auto adapter = asked();
    AdaptedStream adapted(*adapter);
    Streamed seen;
    for (std::size_t at = 0; at < upstream.size() && !seen.error; at += step) {
        const std::string piece = upstream.substr(at, step);  // its own memory, gone afterwards
        seen.error = adapted.feed(piece, seen.out);
    }
    if (!seen.error) seen.error = adapted.finish(seen.out);
    if (seen.error) adapted.fail(*seen.error, seen.out);
    // Of arguments that are no JSON the model is to blame.
    const std::string broken = tests::broken_rules(Endpoint::kResponses, seen.out);
    EXPECT_TRUE(broken.empty() || broken == "incomplete-arguments counted\n") << broken << seen.out;
    seen.total = adapted.upstream().usage().total;
    return seen;
}

std::string chunk(const std::string& delta, const std::string& reason = "") {
    return R"(data: {"model":"m","created":9,"choices":[{"index":0,"delta":)" + delta +
           R"(,"finish_reason":)" + (reason.empty() ? "null" : "\"" + reason + "\"") + "}]}\n\n";
}

const std::string kUsage =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":3,"
    "\"total_tokens\":7}}\n\n";
const std::string kDone = "data: [DONE]\n\n";

// Each event's type, with what tells it from others of it; the members every event must have are
// looked at.
std::string story(const std::string& out) {
    std::string told;
    std::int64_t sequence = 0;
    SseReader reader;
    reader.feed(
        out,
        [&](const SseEvent& event) {
            if (event.data == "[DONE]") {
                told += "[DONE]\n";
                return;
            }
            const Tree tree(event.data);
            const Node root = tree.root();
            ASSERT_TRUE(root["type"].equals(event.name)) << event.data;
            EXPECT_EQ(root["sequence_number"].integer(), sequence++) << event.data;
            told += event.name;
            for (const char* const name :
                 {"output_index", "item_id", "content_index", "delta", "text", "refusal"}) {
                if (root[name]) told += " " + std::string(root[name].raw());
            }
            if (event.name == "response.function_call_arguments.done") {
                told += " " + std::string(root["arguments"].raw());
            }
            if (root["item"]) told += " " + std::string(root["item"]["type"].raw());
            if (root["item"]) told += " " + std::string(root["item"]["status"].raw());
            if (root["response"]) told += " " + std::string(root["response"]["status"].raw());
            told += "\n";
        },
        [](std::string_view) { FAIL(); });
    return told;
}

// However the bytes come, the same.
std::string story_of(const std::string& upstream) {
    const Streamed whole = stream(upstream, upstream.size());
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{64}})
        EXPECT_EQ(stream(upstream, step).out, whole.out) << step;
    return story(whole.out);
}

const std::string kBegin =
    "response.created \"in_progress\"\nresponse.in_progress \"in_progress\"\n";

TEST(ResponsesStream, TellsText) {
    const std::string upstream =
        chunk(R"({"role":"assistant","content":""})") + chunk(R"({"content":"a\ud83d"})") +
        chunk(R"({"content":"\ude00"})") + chunk("{}", "stop") + kUsage + kDone;
    EXPECT_EQ(story_of(upstream), kBegin + R"(response.output_item.added 0 "message" "in_progress"
response.content_part.added 0 "msg_id_0" 0
response.output_text.delta 0 "msg_id_0" 0 "a\ud83d"
response.output_text.delta 0 "msg_id_0" 0 "\ude00"
response.output_text.done 0 "msg_id_0" 0 "a\ud83d\ude00"
response.content_part.done 0 "msg_id_0" 0
response.output_item.done 0 "message" "completed"
response.completed "completed"
[DONE]
)");
    const Streamed seen = stream(upstream, upstream.size());
    EXPECT_EQ(seen.total, 7);
    EXPECT_NE(seen.out.find(R"("usage":{"input_tokens":4,)"), std::string::npos);
    EXPECT_NE(seen.out.rfind(R"("text":"a\ud83d\ude00")"), std::string::npos);
}

TEST(ResponsesStream, TellsParallelCallsBehindText) {
    EXPECT_EQ(
        story_of(
            chunk(R"({"content":"a"})") +
            chunk(
                R"({"tool_calls":[{"index":0,"id":"c0","function":{"name":"f","arguments":""}}]})") +
            chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{"}}]})") +
            chunk(
                R"({"tool_calls":[{"index":1,"id":"c1","function":{"name":"g","arguments":"{}"}}]})") +
            chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"}"}}]})") +
            chunk("{}", "tool_calls") + kDone),
        kBegin + R"(response.output_item.added 0 "message" "in_progress"
response.content_part.added 0 "msg_id_0" 0
response.output_text.delta 0 "msg_id_0" 0 "a"
response.output_text.done 0 "msg_id_0" 0 "a"
response.content_part.done 0 "msg_id_0" 0
response.output_item.done 0 "message" "completed"
response.output_item.added 1 "function_call" "in_progress"
response.function_call_arguments.delta 1 "fc_c0" "{"
response.output_item.added 2 "function_call" "in_progress"
response.function_call_arguments.delta 2 "fc_c1" "{}"
response.function_call_arguments.delta 1 "fc_c0" "}"
response.function_call_arguments.done 1 "fc_c0" "{}"
response.output_item.done 1 "function_call" "completed"
response.function_call_arguments.done 2 "fc_c1" "{}"
response.output_item.done 2 "function_call" "completed"
response.completed "completed"
[DONE]
)");
}

// Some vendors number every call 0, give no number or no id, or send the name late.
TEST(ResponsesStream, TellsCallsApart) {
    const auto calls = [](const std::string& upstream) {
        const std::string out = stream(upstream + kDone, 9999).out;
        std::string found;
        constexpr std::string_view kAdded = "\"call_id\":\"";
        const std::size_t last = out.rfind("event: response.completed");
        for (std::size_t at = out.find(kAdded, last); at != std::string::npos;
             at = out.find(kAdded, at + 1)) {
            const std::size_t from = at + kAdded.size() - 1;
            found += out.substr(from, out.find('}', out.find("arguments", from)) - from) + ";";
        }
        return found;
    };
    EXPECT_EQ(
        calls(
            chunk(
                R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"1"}}]})") +
            chunk(
                R"({"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"2"}}]})")),
        R"("a","name":"f","arguments":"1";"b","name":"g","arguments":"2";)");
    EXPECT_EQ(calls(chunk(R"({"tool_calls":[{"function":{"name":"f","arguments":"1"}},)"
                          R"({"function":{"name":"g","arguments":"2"}}]})")),
              R"("call_id_0","name":"f","arguments":"1";"call_id_1","name":"g","arguments":"2";)");
    EXPECT_EQ(calls(chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"arguments":"1"}}]})") +
                    chunk(R"({"tool_calls":[{"index":0,"function":{"name":"f"}}]})")),
              R"("a","name":"f","arguments":"1";)");
}

TEST(ResponsesStream, TellsReasoning) {
    const std::string upstream =
        chunk(R"({"reasoning_content":"w"})") + chunk(R"({"reasoning_content":"y"})") +
        chunk(R"({"content":"a"})") + chunk(R"({"thinking_blocks":[{"a":1}]})") +
        chunk("{}", "stop") + kDone;
    EXPECT_EQ(story_of(upstream), kBegin + R"(response.output_item.added 0 "reasoning" "in_progress"
response.reasoning_summary_part.added 0 "rs_id_0"
response.reasoning_summary_text.delta 0 "rs_id_0" "w"
response.reasoning_summary_text.delta 0 "rs_id_0" "y"
response.reasoning_summary_text.done 0 "rs_id_0" "wy"
response.reasoning_summary_part.done 0 "rs_id_0"
response.output_item.added 1 "message" "in_progress"
response.content_part.added 1 "msg_id_1" 0
response.output_text.delta 1 "msg_id_1" 0 "a"
response.output_item.done 0 "reasoning" "completed"
response.output_text.done 1 "msg_id_1" 0 "a"
response.content_part.done 1 "msg_id_1" 0
response.output_item.done 1 "message" "completed"
response.completed "completed"
[DONE]
)");
    EXPECT_NE(stream(upstream, 99).out.find(R"("encrypted_content":"thinking_blocks:[{\"a\":1}]")"),
              std::string::npos);
}

// Clients that gather the items as they are done find them in order.
TEST(ResponsesStream, EndsItemsInOrder) {
    const std::string told = story_of(
        chunk(R"({"reasoning":"w"})") + chunk(R"({"content":"a"})") +
        chunk(R"({"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{}"}}]})") +
        chunk("{}", "tool_calls") + kDone);
    EXPECT_TRUE(told.ends_with(R"(response.function_call_arguments.delta 2 "fc_c" "{}"
response.output_item.done 0 "reasoning" "completed"
response.output_item.done 1 "message" "completed"
response.function_call_arguments.done 2 "fc_c" "{}"
response.output_item.done 2 "function_call" "completed"
response.completed "completed"
[DONE]
)")) << told;
}

TEST(ResponsesStream, TellsARefusal) {
    EXPECT_EQ(story_of(chunk(R"({"refusal":"n"})") + chunk(R"({"refusal":"o"})") +
                       chunk("{}", "stop") + kDone),
              kBegin + R"(response.output_item.added 0 "message" "in_progress"
response.content_part.added 0 "msg_id_0" 0
response.refusal.delta 0 "msg_id_0" 0 "n"
response.refusal.delta 0 "msg_id_0" 0 "o"
response.refusal.done 0 "msg_id_0" 0 "no"
response.content_part.done 0 "msg_id_0" 0
response.output_item.done 0 "message" "completed"
response.completed "completed"
[DONE]
)");
}

TEST(ResponsesStream, TellsThatItIsIncomplete) {
    // Without "[DONE]": the finish_reason says that it is whole.
    const std::string told = story_of(chunk(R"({"content":"a"})") + chunk("{}", "length"));
    EXPECT_TRUE(
        told.ends_with("response.output_item.done 0 \"message\" \"incomplete\"\n"
                       "response.incomplete \"incomplete\"\n[DONE]\n"))
        << told;
}

TEST(ResponsesStream, AnAnswerThatSaysNothingIsAMessage) {
    const std::string told = story_of(kDone);
    EXPECT_NE(told.find("response.output_item.done 0 \"message\" \"completed\"\n"),
              std::string::npos);
    EXPECT_EQ(told.find("delta"), std::string::npos);
}

TEST(ResponsesStream, EndsInAnError) {
    const std::string begun = chunk(R"({"content":"a"})");
    const struct {
        const char* name;
        std::string rest;
        const char* message;
    } cases[] = {
        {"cut off", "", "the upstream ended the stream before it was complete"},
        {"half an event", "data: {\"choi", "the upstream ended the stream before it was complete"},
        {"an error", "data: {\"error\":{\"message\":\"overloaded\"}}\n\n" + kDone, "overloaded"},
        {"no JSON", "data: nonsense\n\n" + kDone,
         "an event of the upstream's stream is not a JSON object"},
    };
    for (const auto& one : cases) {
        const std::string told = story_of(begun + one.rest);
        EXPECT_TRUE(told.ends_with("response.failed \"failed\"\nerror\n")) << one.name << told;
        const Streamed seen = stream(begun + one.rest, 99);
        ASSERT_TRUE(seen.error.has_value()) << one.name;
        EXPECT_EQ(seen.error->message, one.message) << one.name;
        EXPECT_EQ(seen.out.find("[DONE]"), std::string::npos) << one.name;
    }
}

}  // namespace
}  // namespace gomodel::dialect
