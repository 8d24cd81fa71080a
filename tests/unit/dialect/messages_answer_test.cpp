#include <gomodel/json_tree.hpp>

#include <gtest/gtest.h>

#include "dialect/adapted_stream.hpp"
#include "support/grammar_check.hpp"

namespace gomodel::dialect {
namespace {

using json::Node;
using json::Tree;

std::unique_ptr<Adapter> asked(const std::string& members = "") {
    auto adapter = adapter_over_chat(Endpoint::kMessages, {"id", 7, "up"});
    EXPECT_TRUE(std::holds_alternative<std::string>(
        adapter->request(R"({"model":"asked","max_tokens":9,)"
                         R"("messages":[{"role":"user","content":"x"}])" +
                         members + "}")));
    return adapter;
}

const std::string kUsage = R"("usage":{"prompt_tokens":14,"completion_tokens":3,"total_tokens":17,)"
                           R"("prompt_tokens_details":{"cached_tokens":6}})";
const std::string kTold = R"("usage":{"input_tokens":8,"cache_creation_input_tokens":0,)"
                          R"("cache_read_input_tokens":6,"output_tokens":3})";

std::string answer(const std::string& message,
                   const std::string& rest = R"("finish_reason":"stop")",
                   const std::string& request = "") {
    const auto answer = asked(request)->answer(R"({"id":"chatcmpl-1","model":"m","choices":)"
                                               R"([{"index":0,"message":)" +
                                               message + "," + rest + "}]," + kUsage + "}");
    const auto* const error = std::get_if<ApiError>(&answer);
    return error == nullptr ? std::get<std::string>(answer)
                            : std::to_string(error->status) + " " + error->message;
}

std::string member(const std::string& json, const char* name) {
    const Tree tree(json);
    EXPECT_TRUE(tree.ok()) << json;
    return std::string(tree.root()[name].raw());
}

TEST(MessagesAnswer, IsAMessage) {
    EXPECT_EQ(answer(R"({"role":"assistant","content":"a\u00e4"})"),
              R"({"id":"msg_id","type":"message","model":"m","role":"assistant",)"
              R"("content":[{"type":"text","text":"a\u00e4"}],"stop_reason":"end_turn",)"
              R"("stop_sequence":null,)" +
                  kTold + "}");
    const auto nameless = asked()->answer(R"({"choices":[{"message":{"content":""}}]})");
    EXPECT_EQ(std::get<std::string>(nameless),
              R"({"id":"msg_id","type":"message","model":"asked","role":"assistant","content":[],)"
              R"("stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":0,)"
              R"("cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}})");
}

TEST(MessagesAnswer, MapsTheMessage) {
    EXPECT_EQ(
        member(answer(R"({"content":"a","reasoning_content":"why","thinking_blocks":)"
                      R"([{"type": "thinking","thinking":"why","signature":"s"}],)"
                      R"("tool_calls":[{"id":"c1","function":{"name":"f",)"
                      R"("arguments":"{\"x\": [1, 2]}"}},{"function":{"name":"g",)"
                      R"("arguments":""}}]})"),
               "content"),
        R"([{"type":"thinking","thinking":"why","signature":"gomodel:up:reasoning_content:"},)"
        R"({"type":"redacted_thinking","data":"gomodel:up:thinking_blocks:)"
        R"([{\"type\":\"thinking\",\"thinking\":\"why\",\"signature\":\"s\"}]"},)"
        R"({"type":"text","text":"a"},)"
        R"({"type":"tool_use","id":"c1","name":"f","input":{"x":[1,2]}},)"
        R"({"type":"tool_use","id":"toolu_id_1","name":"g","input":{}}])");
    EXPECT_EQ(member(answer(R"({"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],)"
                            R"("reasoning":"r"})"),
                     "content"),
              R"([{"type":"thinking","thinking":"r","signature":"gomodel:up:reasoning:"},)"
              R"({"type":"text","text":"ab"}])");
    EXPECT_EQ(member(answer(R"({"content":"a","reasoning_content":"r"})", R"("finish_reason":null)",
                            R"(,"thinking":{"type":"disabled"})"),
                     "content"),
              R"([{"type":"text","text":"a"}])");
}

TEST(MessagesAnswer, SaysWhyItEnded) {
    const std::string text = R"({"content":"a"})";
    const std::string call =
        R"({"content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]})";
    const std::string stops = R"(,"stop_sequences":["END"])";
    struct Case {
        std::string message, rest, reason, sequence;
    };
    const Case cases[] = {
        {text, R"("finish_reason":"stop")", "end_turn", "null"},
        {text, R"("finish_reason":null)", "end_turn", "null"},
        {text, R"("finish_reason":"tool_calls")", "end_turn", "null"},
        {text, R"("finish_reason":"length")", "max_tokens", "null"},
        {text, R"("finish_reason":"content_filter")", "refusal", "null"},
        {R"({"content":null,"refusal":"no"})", R"("finish_reason":"stop")", "refusal", "null"},
        {call, R"("finish_reason":"tool_calls")", "tool_use", "null"},
        {call, R"("finish_reason":"stop")", "tool_use", "null"},
        {call, R"("finish_reason":"length")", "max_tokens", "null"},
        {text, R"("finish_reason":"stop","stop_reason":"END")", "stop_sequence", "\"END\""},
        {text, R"("finish_reason":"stop","matched_stop":"END")", "stop_sequence", "\"END\""},
        {text, R"("finish_reason":"stop","stop_reason":"<|im_end|>")", "end_turn", "null"},
    };
    for (const Case& test : cases) {
        const std::string told = answer(test.message, test.rest, stops);
        EXPECT_EQ(member(told, "stop_reason"), "\"" + test.reason + "\"") << test.rest;
        EXPECT_EQ(member(told, "stop_sequence"), test.sequence) << test.rest;
    }
}

TEST(MessagesAnswer, CountsTheCacheBesideTheInput) {
    const auto usage = [](const std::string& counts) {
        const auto told =
            asked()->answer(R"({"choices":[{"message":{"content":"a"}}],"usage":)" + counts + "}");
        return member(std::get<std::string>(told), "usage");
    };
    EXPECT_EQ(usage(R"({"prompt_tokens":20,"completion_tokens":4,"prompt_tokens_details":)"
                    R"({"cached_tokens":5},"cache_creation_input_tokens":3,)"
                    R"("completion_tokens_details":{"reasoning_tokens":2}})"),
              R"({"input_tokens":12,"cache_creation_input_tokens":3,"cache_read_input_tokens":5,)"
              R"("output_tokens":4,"output_tokens_details":{"thinking_tokens":2}})");
    EXPECT_EQ(usage(R"({"prompt_tokens":20,"completion_tokens":4,"prompt_tokens_details":)"
                    R"({"cached_tokens":5,"cache_write_tokens":6}})"),
              R"({"input_tokens":9,"cache_creation_input_tokens":6,"cache_read_input_tokens":5,)"
              R"("output_tokens":4})");
    EXPECT_EQ(usage(R"({"prompt_tokens":2,"prompt_tokens_details":{"cached_tokens":5}})"),
              R"({"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":5,)"
              R"("output_tokens":0})");
}

TEST(MessagesAnswer, RefusesWhatIsNoAnswer) {
    EXPECT_EQ(answer("null"), "502 the upstream's answer is no chat completion: it has no message");
    const std::string broken =
        R"({"content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a"}}]})";
    EXPECT_EQ(answer(broken),
              "502 the upstream's answer calls a tool with arguments that are no JSON object");
    EXPECT_EQ(member(answer(broken, R"("finish_reason":"length")"), "content"),
              R"([{"type":"tool_use","id":"c","name":"f","input":{}}])");
    EXPECT_EQ(std::get<ApiError>(asked()->answer("[1]")).message,
              "the upstream's answer is not a JSON object");
    EXPECT_EQ(std::get<ApiError>(asked()->answer(R"({"error":{"message":"busy"}})")).message,
              "busy");
}

struct Streamed {
    std::string out;
    Failure error;
    std::int64_t total = 0;
};

Streamed stream(const std::string& upstream, std::size_t step, const std::string& request) {
    const auto adapter = asked(request);
    AdaptedStream adapted(*adapter);
    Streamed seen;
    for (std::size_t at = 0; at < upstream.size() && !seen.error; at += step) {
        const std::string piece = upstream.substr(at, step);  // its own memory, gone afterwards
        seen.error = adapted.feed(piece, seen.out);
    }
    if (!seen.error) seen.error = adapted.finish(seen.out);
    if (seen.error) adapted.fail(*seen.error, seen.out);
    // Of arguments that are no JSON the model is to blame.
    const std::string broken = tests::broken_rules(Endpoint::kMessages, seen.out);
    EXPECT_TRUE(broken.empty() || broken == "incomplete-arguments counted\n") << broken << seen.out;
    seen.total = adapted.upstream().usage().total;
    return seen;
}

std::string chunk(const std::string& delta, const std::string& reason = "") {
    return R"(data: {"model":"m","choices":[{"index":0,"delta":)" + delta + R"(,"finish_reason":)" +
           (reason.empty() ? "null" : "\"" + reason + "\"") + "}]}\n\n";
}

std::string call(int index, const std::string& members) {
    return chunk(R"({"tool_calls":[{"index":)" + std::to_string(index) + "," + members + "}]}");
}

const std::string kDone = "data: [DONE]\n\n";
const std::string kCounted = "data: {\"choices\":[]," + kUsage + "}\n\n";

// Each event but the first: its data without its type. Looks whether its name is its type.
std::string story(const std::string& out) {
    std::string told;
    SseReader reader;
    reader.feed(
        out,
        [&](const SseEvent& event) {
            const std::string begin = R"({"type":")" + std::string(event.name) + "\"";
            ASSERT_TRUE(event.data.starts_with(begin)) << event.data;
            ASSERT_TRUE(Tree(event.data).ok()) << event.data;
            const bool first = told.empty();
            EXPECT_EQ(event.name == "message_start", first);
            told += event.name;
            if (!first) told += " " + std::string(event.data.substr(begin.size()));
            told += "\n";
        },
        [](std::string_view) { FAIL(); });
    return told;
}

// However the bytes come, the same.
std::string story_of(const std::string& upstream, const std::string& request = "") {
    const Streamed whole = stream(upstream, upstream.size(), request);
    for (std::size_t step = 1; step < upstream.size(); ++step) {
        const std::string cut = stream(upstream, step, request).out;
        if (cut != whole.out) ADD_FAILURE() << step << ": " << cut;
    }
    return story(whole.out);
}

// The end of a stream whose last block was told.
std::string ended(const std::string& reason, const std::string& usage = "") {
    return R"(message_delta ,"delta":{"stop_reason":")" + reason + R"(","stop_sequence":null},)" +
           (usage.empty() ? R"("usage":{"input_tokens":0,"cache_creation_input_tokens":0,)"
                            R"("cache_read_input_tokens":0,"output_tokens":0})"
                          : usage) +
           "}\nmessage_stop }\n";
}

std::string block(int index, const std::string& start, const std::string& deltas) {
    const std::string at = std::to_string(index);
    std::string told =
        R"(content_block_start ,"index":)" + at + R"(,"content_block":)" + start + "}\n";
    std::size_t from = 0;
    while (from < deltas.size()) {
        const std::size_t end = deltas.find('\n', from);
        told += R"(content_block_delta ,"index":)" + at + R"(,"delta":)" +
                deltas.substr(from, end - from) + "}\n";
        from = end + 1;
    }
    return told + R"(content_block_stop ,"index":)" + at + "}\n";
}

std::string text_block(int index, const std::string& deltas) {
    return block(index, R"({"type":"text","text":""})", deltas);
}

std::string tool_block(int index, const std::string& id, const std::string& name,
                       const std::string& deltas) {
    return block(index,
                 R"({"type":"tool_use","id":")" + id + R"(","name":")" + name + R"(","input":{}})",
                 deltas);
}

std::string text(const std::string& escaped) {
    return R"({"type":"text_delta","text":")" + escaped + "\"}\n";
}

std::string json_piece(const std::string& escaped) {
    return R"({"type":"input_json_delta","partial_json":")" + escaped + "\"}\n";
}

TEST(MessagesStream, TellsText) {
    const std::string upstream =
        chunk(R"({"role":"assistant","content":""})") + chunk(R"({"content":"a\ud83d"})") +
        chunk(R"({"content":"\ude00"})") + chunk("{}", "stop") + kCounted + kDone;
    EXPECT_EQ(story_of(upstream), "message_start\n" +
                                      text_block(0, text("a\\ud83d") + text("\\ude00")) +
                                      ended("end_turn", kTold));
    const Streamed seen = stream(upstream, upstream.size(), "");
    EXPECT_EQ(seen.total, 17);
    EXPECT_TRUE(seen.out.starts_with(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_id\","
        "\"type\":\"message\",\"model\":\"m\",\"role\":\"assistant\",\"content\":[],"
        "\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":0,"))
        << seen.out;
}

TEST(MessagesStream, TellsCallsThatFollowEachOtherAsTheyCome) {
    EXPECT_EQ(
        story_of(chunk(R"({"content":"I look"})") +
                 call(0, R"("id":"c0","function":{"name":"f","arguments":""})") +
                 call(0, R"("function":{"arguments":"{\"a\""})") +
                 call(0, R"("function":{"arguments":":1}"})") +
                 call(1, R"("id":"c1","function":{"name":"g","arguments":""})") +
                 call(1, R"("function":{"arguments":"{"})") +
                 call(1, R"("function":{"arguments":"}"})") + chunk("{}", "tool_calls") + kDone),
        "message_start\n" + text_block(0, text("I look")) +
            tool_block(1, "c0", "f", json_piece(R"({\"a\")") + json_piece(":1}")) +
            tool_block(2, "c1", "g", json_piece("{") + json_piece("}")) + ended("tool_use"));
}

TEST(MessagesStream, TellsInterleavedCallsOneAfterTheOther) {
    EXPECT_EQ(
        story_of(call(0, R"("id":"c0","function":{"name":"f","arguments":"{"})") +
                 call(1, R"("id":"c1","function":{"name":"g","arguments":"{\"b\""})") +
                 call(0, R"("function":{"arguments":"\"a\":"})") +
                 call(1, R"("function":{"arguments":":2"})") +
                 call(0, R"("function":{"arguments":"\"}\"}"})") +
                 call(1, R"("function":{"arguments":"}"})") + chunk("{}", "tool_calls") + kDone),
        "message_start\n" +
            tool_block(0, "c0", "f",
                       json_piece("{") + json_piece(R"(\"a\":)") + json_piece(R"(\"}\"})")) +
            tool_block(1, "c1", "g", json_piece(R"({\"b\":2)") + json_piece("}")) +
            ended("tool_use"));
}

TEST(MessagesStream, TellsCallsHoweverVendorsCutThem) {
    // Whole, without numbers; the id late; arguments that are an object; none at all; no call.
    EXPECT_EQ(
        story_of(chunk(R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":)"
                       R"("{}"}},{"id":"b","function":{"name":"g","arguments":{"x": 1}}}]})") +
                 chunk("{}", "stop") + kDone),
        "message_start\n" + tool_block(0, "a", "f", json_piece("{}")) +
            tool_block(1, "b", "g", json_piece(R"({\"x\":1})")) + ended("tool_use"));
    EXPECT_EQ(story_of(call(0, R"("function":{"name":"f"})") + call(0, R"("id":"late")") +
                       chunk("{}", "tool_calls") + kDone),
              "message_start\n" + tool_block(0, "late", "f", "") + ended("tool_use"));
    EXPECT_EQ(story_of(call(0, R"("function":{"name":"f"})") + chunk("{}", "stop") + kDone),
              "message_start\n" + tool_block(0, "toolu_id_0", "f", "") + ended("tool_use"));
    EXPECT_EQ(story_of(call(0, R"("function":{"arguments":"{}"})") + chunk("{}", "stop") + kDone),
              "message_start\n" + ended("end_turn"));
}

TEST(MessagesStream, HoldsTextBackBehindACallThatIsNotWhole) {
    EXPECT_EQ(story_of(call(0, R"("id":"c0","function":{"name":"f","arguments":"{"})") +
                       chunk(R"({"content":"so"})") + call(0, R"("function":{"arguments":"}"})") +
                       chunk("{}", "tool_calls") + kDone),
              "message_start\n" + tool_block(0, "c0", "f", json_piece("{") + json_piece("}")) +
                  text_block(1, text("so")) + ended("tool_use"));
}

TEST(MessagesStream, TellsThinkingAndWhereItGoesBackTo) {
    const std::string upstream =
        chunk(R"({"role":"assistant","reasoning_content":"a"})") +
        chunk(R"({"reasoning_content":"b"})") + chunk(R"({"content":"c"})") +
        chunk(R"({"thinking_blocks":[{"index":0,"type":"thinking","thinking":"ab",)"
              R"("signature":"s"},{"index":1,"type":"redacted_thinking","data":"d"}]})") +
        chunk("{}", "stop") + kDone;
    const auto thought = [](const std::string& escaped) {
        return R"({"type":"thinking_delta","thinking":")" + escaped + "\"}\n";
    };
    const std::string signature =
        R"({"type":"signature_delta","signature":"gomodel:up:reasoning_content:"})"
        "\n";
    EXPECT_EQ(story_of(upstream),
              "message_start\n" +
                  block(0, R"({"type":"thinking","thinking":"","signature":""})",
                        thought("a") + thought("b") + signature) +
                  text_block(1, text("c")) +
                  block(2,
                        R"({"type":"redacted_thinking","data":"gomodel:up:thinking_blocks:)"
                        R"([{\"index\":0,\"type\":\"thinking\",\"thinking\":\"ab\",)"
                        R"(\"signature\":\"s\"},{\"index\":1,\"type\":\"redacted_thinking\",)"
                        R"(\"data\":\"d\"}]"})",
                        "") +
                  ended("end_turn"));
    EXPECT_EQ(story_of(upstream, R"(,"thinking":{"type":"disabled"})"),
              "message_start\n" + text_block(0, text("c")) + ended("end_turn"));
}

TEST(MessagesStream, JoinsThinkingBlocksThatComeInPieces) {
    const std::string told = story_of(
        chunk(R"({"thinking_blocks":[{"type":"thinking","thinking":"a"}]})") +
        chunk(R"({"thinking_blocks":[{"type":"thinking","thinking":"b","signature":"s"}]})") +
        chunk(R"({"thinking_blocks":[{"type":"thinking","thinking":"c"}]})") + chunk("{}", "stop") +
        kDone);
    EXPECT_NE(told.find(R"([{\"type\":\"thinking\",\"thinking\":\"ab\",\"signature\":\"s\"},)"
                        R"({\"type\":\"thinking\",\"thinking\":\"c\",\"signature\":\"\"}])"),
              std::string::npos)
        << told;
}

TEST(MessagesStream, SaysWhyItEnded) {
    EXPECT_EQ(story_of(chunk(R"({"content":"a"})", "length") + kDone),
              "message_start\n" + text_block(0, text("a")) + ended("max_tokens"));
    EXPECT_EQ(story_of(chunk(R"({"refusal":"no"})", "stop") + kDone),
              "message_start\n" + text_block(0, text("no")) + ended("refusal"));
    EXPECT_EQ(story_of(kDone), "message_start\n" + ended("end_turn"));
}

TEST(MessagesStream, EndsInAnErrorWhenItIsCutOff) {
    const std::string begun =
        "message_start\ncontent_block_start ,\"index\":0,\"content_block\":{\"type\":\"text\","
        "\"text\":\"\"}}\ncontent_block_delta ,\"index\":0,\"delta\":{\"type\":\"text_delta\","
        "\"text\":\"a\"}}\n";
    EXPECT_EQ(story_of(chunk(R"({"content":"a"})")),
              begun + R"(error ,"error":{"type":"api_error","message":"the upstream ended the )"
                      R"(stream before it was complete"}})"
                      "\n");
    EXPECT_EQ(story_of(chunk(R"({"content":"a"})") +
                       "data: {\"error\":{\"message\":\"Overloaded\"}}\n\n" + kDone),
              begun + "error ,\"error\":{\"type\":\"api_error\",\"message\":\"Overloaded\"}}\n");
    EXPECT_EQ(story_of(chunk(R"({"content":"a"})") + "data: {\"cho\n\n"),
              begun + R"(error ,"error":{"type":"api_error","message":"an event of the )"
                      R"(upstream's stream is not a JSON object"}})"
                      "\n");
}

}  // namespace
}  // namespace gomodel::dialect
