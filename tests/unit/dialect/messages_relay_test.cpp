// What is done for clients of Anthropic's API when a provider speaks it itself.
#include <gtest/gtest.h>

#include "dialect/messages/error_body.hpp"
#include "dialect/messages/marked_thinking.hpp"
#include "dialect/messages/token_estimate.hpp"
#include "dialect/stream_filter.hpp"
#include "net/buffer.hpp"

namespace gomodel::dialect {
namespace {

struct Passed {
    std::string out;
    bool complete = false;
    bool upstream_error = false;
    bool only_prompt = false;
    TokenUsage usage;
    std::string model;
};

Passed run(std::string_view stream, std::size_t step) {
    StreamFilter filter(Endpoint::kMessages, false);
    Passed passed;
    std::vector<std::string_view> out;
    const auto take = [&] {
        for (const std::string_view piece : out)
            passed.out.append(piece);
        out.clear();
    };
    for (std::size_t at = 0; at < stream.size(); at += step) {
        const std::string piece(stream.substr(at, step));  // its own memory, gone afterwards
        filter.feed(piece, out);
        take();
    }
    passed.complete = filter.finish(out);
    take();
    passed.upstream_error = filter.upstream_error();
    passed.only_prompt = filter.only_prompt_counted();
    passed.usage = filter.usage();
    passed.model = filter.model();
    return passed;
}

std::string event(const std::string& type, const std::string& members = "") {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + members + "}\n\n";
}

const std::string kStart =
    event("message_start", R"(,"message":{"id":"msg_1","model":"claude","content":[],"usage":)"
                           R"({"input_tokens":11,"cache_creation_input_tokens":5,)"
                           R"("cache_read_input_tokens":7,"output_tokens":1}})");
const std::string kText = event("content_block_start", R"(,"index":0,"content_block":{})") +
                          event("ping") +
                          event("content_block_delta",
                                R"(,"index":0,"delta":{"type":"text_delta","text":"\"usage\":"})") +
                          event("content_block_stop", R"(,"index":0)");
const std::string kDelta = event("message_delta", R"(,"delta":{"stop_reason":"end_turn"},)"
                                                  R"("usage":{"output_tokens":13})");
const std::string kStop = event("message_stop");

std::string counted(const TokenUsage& usage) {
    return std::to_string(usage.prompt) + " " + std::to_string(usage.completion) + " " +
           std::to_string(usage.total) + " " + std::to_string(usage.cached) + " " +
           std::to_string(usage.reasoning);
}

TEST(MessagesRelay, CountsAStreamHoweverItIsCut) {
    const std::string stream = kStart + kText +
                               event("message_delta", R"(,"delta":{"stop_reason":"end_turn"},)"
                                                      R"("usage":{"input_tokens":0,)"
                                                      R"("output_tokens":13,)"
                                                      R"("output_tokens_details":)"
                                                      R"({"thinking_tokens":4}})") +
                               kStop;
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        const Passed passed = run(stream, step);
        ASSERT_EQ(passed.out, stream) << step;
        ASSERT_TRUE(passed.complete) << step;
        ASSERT_FALSE(passed.only_prompt);
        ASSERT_EQ(counted(passed.usage), "23 13 36 7 4") << step;
        ASSERT_EQ(passed.model, "claude");
    }
}

TEST(MessagesRelay, KnowsAWholeStreamFromOneThatIsCutOff) {
    const Passed untidy = run(kStart + kText + kDelta, 64);
    EXPECT_TRUE(untidy.complete);
    EXPECT_EQ(untidy.out, kStart + kText + kDelta + kStop);
    const Passed cut = run(kStart + kText, 64);
    EXPECT_FALSE(cut.complete);
    EXPECT_TRUE(cut.only_prompt);
    EXPECT_EQ(counted(cut.usage), "23 1 24 7 0");
    // Usage told on the way is not the end.
    EXPECT_FALSE(run(kStart + event("message_delta", R"(,"delta":{"stop_reason":null},)"
                                                     R"("usage":{"output_tokens":2})"),
                     64)
                     .complete);
    EXPECT_FALSE(run(kStart + kText + "data: [DONE]\n\n", 64).complete);
    EXPECT_TRUE(run(kStart + kText + kDelta + kStop.substr(0, kStop.size() - 1), 5).complete);
}

TEST(MessagesRelay, NoticesAnErrorInsideTheStream) {
    const std::string error =
        event("error", R"(,"error":{"type":"overloaded_error","message":"Overloaded"})");
    const Passed passed = run(kStart + error, 16);
    EXPECT_TRUE(passed.upstream_error);
    EXPECT_TRUE(passed.complete);
    EXPECT_EQ(passed.out, kStart + error);
    const std::string nameless = error.substr(error.find("data"));
    EXPECT_TRUE(run(kStart + nameless, 16).upstream_error);
}

TEST(MessagesRelay, LetsEventsOfAnySizeGoBy) {
    const std::string large =
        event("content_block_start", R"(,"index":0,"content_block":{"type":"x","data":")" +
                                         std::string(2000000, 'a') + "\"}");
    const std::string stream = kStart + large + kDelta + kStop;
    const Passed passed = run(stream, 100000);
    EXPECT_EQ(passed.out, stream);
    EXPECT_EQ(counted(passed.usage), "23 13 36 7 0");
    const std::string failed =
        event("error", R"(,"error":{"message":")" + std::string(2000000, 'a') + "\"}");
    EXPECT_TRUE(run(kStart + failed, 100000).upstream_error);
}

TEST(MessagesRelay, TellsOfACutOffStreamAsTheApiDoes) {
    const StreamFilter filter(Endpoint::kMessages, false);
    EXPECT_EQ(filter.error_event(provider_error(502, "cut \"off\"")),
              "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
              "\"message\":\"cut \\\"off\\\"\"}}\n\n");
}

TEST(MessagesRelay, CountsAWholeAnswerInTheSameTerms) {
    const auto of = [](const std::string& usage) {
        const auto read = read_answer(R"({"usage":)" + usage + "}");
        return read.has_value() ? counted(read->usage) : "none";
    };
    EXPECT_EQ(of(R"({"input_tokens":11,"cache_creation_input_tokens":5,)"
                 R"("cache_read_input_tokens":7,"output_tokens":13})"),
              "23 13 36 7 0");
    EXPECT_EQ(of(R"({"input_tokens":11,"cache_read_input_tokens":null,"output_tokens":13})"),
              "11 13 24 0 0");
    // A prompt that is told whole is not added to.
    EXPECT_EQ(of(R"({"prompt_tokens":23,"completion_tokens":13,"cache_read_input_tokens":7,)"
                 R"("prompt_tokens_details":{"cached_tokens":7}})"),
              "23 13 36 7 0");
    EXPECT_EQ(of(R"({"input_tokens":23,"input_tokens_details":{"cached_tokens":7},)"
                 R"("cache_read_input_tokens":7,"output_tokens":13})"),
              "23 13 36 7 0");
    EXPECT_EQ(of(R"({"input_tokens":9007199254740992,"cache_read_input_tokens":9007199254740992})"),
              "9007199254740992 0 9007199254740992 9007199254740992 0");
}

TEST(MessagesErrors, HaveTheApisNames) {
    struct Case {
        int status;
        const char* type;
    };
    const Case cases[] = {
        {400, "invalid_request_error"},
        {401, "authentication_error"},
        {402, "billing_error"},
        {403, "permission_error"},
        {404, "not_found_error"},
        {405, "invalid_request_error"},
        {409, "conflict_error"},
        {413, "request_too_large"},
        {429, "rate_limit_error"},
        {500, "api_error"},
        {502, "api_error"},
        {503, "overloaded_error"},
        {504, "timeout_error"},
        {529, "overloaded_error"},
    };
    for (const Case& test : cases)
        EXPECT_EQ(messages::error_type(test.status), test.type) << test.status;
    ApiError error = invalid_request("a \xFF");
    EXPECT_EQ(messages::error_json(error, "req-1"),
              "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
              "\"message\":\"a \xEF\xBF\xBD\"},\"request_id\":\"req-1\"}");
}

std::string without_marked(const std::string& request) {
    net::Buffer buffer;
    buffer.append(request);
    apply(buffer, messages::without_marked_thinking(request));
    return std::string(buffer.view());
}

TEST(MarkedThinking, IsNotSentToAnthropic) {
    const std::string others = R"({"type":"thinking","thinking":"gomodel:","signature":"EqQB"},)"
                               R"({"type":"text","text":"gomodel:a:b:"})";
    const std::string head = R"({"model":"m", "messages": [{"role":"user","content":"gomodel:"},)"
                             R"({"role":"assistant","content":[)";
    const std::string marked =
        R"({"type":"thinking","thinking":"t","signature":"gomodel:up:reasoning_content:"}, )";
    const std::string carrier =
        R"(, {"type":"redacted_thinking","data":"gomodel:up:thinking_blocks:[]"})";
    EXPECT_EQ(without_marked(head + marked + others + carrier + "]}]}"), head + others + "]}]}");
    EXPECT_EQ(without_marked(head + others + "]}]}"), head + others + "]}]}");
    EXPECT_EQ(without_marked("gomodel:"), "gomodel:");
}

TEST(TokenEstimate, IsNearWhatTokenizersMakeOfIt) {
    struct Case {
        const char* text;
        std::int64_t least, most;  // what o200k and cl100k make of it, with a fifth around
    };
    const Case cases[] = {
        {"", 0, 0},
        {"Hello, world", 3, 4},
        {"The quick brown fox jumps over the lazy dog.", 9, 12},
        {"int main() { return 0; }", 8, 11},
        {R"({"city":"Paris","days":[1,2,3]})", 13, 19},
        {"1234567890", 4, 4},
        {"今天天气很好", 4, 6},
    };
    for (const Case& test : cases) {
        const std::int64_t count = messages::estimate_tokens(test.text);
        EXPECT_TRUE(test.least <= count && count <= test.most) << test.text << ": " << count;
    }
}

std::int64_t tokens(const std::string& request) {
    const auto answer = messages::count_tokens(request);
    const std::string text = std::get<std::string>(answer);
    const std::string begin = R"({"input_tokens":)";
    EXPECT_TRUE(text.starts_with(begin)) << text;
    return std::stoll(text.substr(begin.size()));
}

TEST(TokenEstimate, CountsAllThatIsSent) {
    const auto with = [](const std::string& content, const std::string& rest = "") {
        return tokens(R"({"messages":[{"role":"user","content":)" + content + "}]" + rest + "}");
    };
    const std::int64_t plain = with(R"("a")");
    EXPECT_EQ(plain, 8);
    EXPECT_EQ(with(R"([{"type":"text","text":"a"}])"), plain);
    EXPECT_EQ(with(R"("a")", R"(,"system":"b")"), plain + 1);
    EXPECT_EQ(with(R"("a")", R"(,"system":[{"type":"text","text":"b c"}])"), plain + 2);
    EXPECT_GT(with(R"("a")", R"(,"tools":[{"name":"f","input_schema":{"type":"object"}}])"),
              plain + 8);
    EXPECT_EQ(with(R"([{"type":"text","text":"a"},{"type":"image","source":{}}])"), plain + 1500);
    const std::string pdf = R"([{"type":"text","text":"a"},{"type":"document","source":)"
                            R"({"type":"base64","data":")" +
                            std::string(12800, 'A') + R"("}}])";
    EXPECT_EQ(with(pdf), plain + 300);
    EXPECT_EQ(with(R"([{"type":"tool_result","content":[{"type":"text","text":"a"}]}])"),
              plain + 8);
    EXPECT_GT(with(R"([{"type":"tool_use","name":"f","input":{"city":"Paris"}}])"), plain + 12);
    EXPECT_EQ(with(R"([{"type":"document","title":"b","source":{"type":"content",)"
                   R"("content":[{"type":"text","text":"a"}]}}])"),
              plain + 1);
    EXPECT_EQ(std::get<ApiError>(messages::count_tokens(R"({"messages":[]})")).status, 400);
}

}  // namespace
}  // namespace gomodel::dialect
