#include "dialect/passthrough_usage.hpp"

#include <gtest/gtest.h>

namespace gomodel::dialect {
namespace {

struct Read {
    TokenUsage usage;
    std::string model;
    std::uint64_t events = 0;
};

Read read(std::string_view type, std::string_view bytes, std::size_t step) {
    PassthroughUsage observer(type);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        const std::string piece(bytes.substr(at, step));  // its own memory, gone afterwards
        observer.feed(piece);
    }
    observer.finish();
    return {observer.usage(), observer.model(), observer.events()};
}

struct Answer {
    const char* name;
    std::string_view type;
    std::string bytes;
    bool present;
    std::int64_t prompt, completion, total, cached, reasoning;
    std::string_view model = "";
};

constexpr std::string_view kJson = "application/json; charset=utf-8";
constexpr std::string_view kEvents = "text/event-stream";

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

std::vector<Answer> answers() {
    return {
        {"chat", kJson,
         R"({"id":"c","model":"gpt-x","choices":[{"message":{"content":"\"usage\":{\"a\":1}"}}],)"
         R"("usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,)"
         R"("prompt_tokens_details":{"cached_tokens":4},)"
         R"("completion_tokens_details":{"reasoning_tokens":2}}})",
         true, 7, 3, 10, 4, 2, "gpt-x"},
        {"responses", kJson,
         R"({"model":"r","output":[],"usage":{"input_tokens":9,"input_tokens_details":)"
         R"({"cached_tokens":5},"output_tokens":4,"output_tokens_details":)"
         R"({"reasoning_tokens":1},"total_tokens":13}})",
         true, 9, 4, 13, 5, 1, "r"},
        {"embeddings", kJson,
         R"({"data":[{"embedding":[0.1]}],"model":"e","usage":{"prompt_tokens":5,"total_tokens":5}})",
         true, 5, 0, 5, 0, 0, "e"},
        {"messages", kJson,
         R"({"type":"message","model":"claude","usage":{"input_tokens":11,)"
         R"("cache_creation_input_tokens":5,"cache_read_input_tokens":7,"output_tokens":13}})",
         true, 23, 13, 36, 7, 0, "claude"},
        {"messages without a cache", kJson,
         R"({"model":"claude","usage":{"input_tokens":11,"cache_read_input_tokens":null,)"
         R"("output_tokens":2}})",
         true, 11, 2, 13, 0, 0, "claude"},
        {"gemini", kJson,
         R"({"candidates":[],"modelVersion":"gemini-x","usageMetadata":{"promptTokenCount":20,)"
         R"("candidatesTokenCount":6,"thoughtsTokenCount":9,"cachedContentTokenCount":8,)"
         R"("totalTokenCount":35}})",
         true, 20, 15, 35, 8, 9, "gemini-x"},
        {"gemini's array", kJson,
         "[{\"candidates\":[{\"a\":[]}],\"usageMetadata\":{\"promptTokenCount\":20}}\n,\r\n"
         "{\"usageMetadata\":{\"promptTokenCount\":20,\"candidatesTokenCount\":6,"
         "\"totalTokenCount\":26},\"modelVersion\":\"gemini-y\"}]",
         true, 20, 6, 26, 0, 0, "gemini-y"},
        {"chat stream", kEvents,
         "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n"
         ": a comment\n\n"
         "data: {\"model\":\"m-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
         "\"completion_tokens\":3,\"total_tokens\":10}}\n\ndata: [DONE]\n\n",
         true, 7, 3, 10, 0, 0, "m-1"},
        {"responses stream", kEvents,
         "event: response.created\ndata: {\"type\":\"response.created\",\"response\":"
         "{\"model\":\"r\",\"usage\":null}}\n\n"
         "event: response.completed\r\ndata: {\"type\":\"response.completed\",\"response\":"
         "{\"model\":\"r\",\"usage\":{\"input_tokens\":9,\"input_tokens_details\":"
         "{\"cached_tokens\":5},\"output_tokens\":4,\"total_tokens\":13}}}\r\n\r\n",
         true, 9, 4, 13, 5, 0, "r"},
        {"messages stream", kEvents,
         "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":"
         "\"claude\",\"usage\":{\"input_tokens\":11,\"cache_creation_input_tokens\":5,"
         "\"cache_read_input_tokens\":7,\"output_tokens\":1}}}\n\n"
         "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":"
         "{\"text\":\"\\\"usage\\\":{}\"}}\n\n"
         "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":"
         "{\"output_tokens\":13}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
         true, 23, 13, 36, 7, 0, "claude"},
        {"gemini stream, its end without a blank line", kEvents,
         "data: {\"usageMetadata\":{\"promptTokenCount\":20,\"totalTokenCount\":20}}\r\n\r\n"
         "data: {\"modelVersion\":\"g\",\"usageMetadata\":{\"promptTokenCount\":20,"
         "\"candidatesTokenCount\":6,\"totalTokenCount\":26}}\r\n",
         true, 20, 6, 26, 0, 0, "g"},
        {"an event of a megabyte, in two data lines", kEvents,
         "data: {\"candidates\":[{\"inlineData\":\"" + repeated("\\\"Aa{[", 200000) +
             "\"}],\ndata: \"usageMetadata\":{\"promptTokenCount\":2}}\n\n",
         true, 2, 0, 2, 0, 0, ""},
        {"counts that are none", kJson,
         R"({"usage":{"prompt_tokens":-4,"completion_tokens":"many","total_tokens":1e300}})", true,
         0, 0, 0, 0, 0, ""},
        {"another document", kJson, R"({"object":"list","data":[{"usage":{"prompt_tokens":1}}]})",
         false, 0, 0, 0, 0, 0, ""},
        {"no JSON at all", kJson, "usage: {\"prompt_tokens\":1}", false, 0, 0, 0, 0, 0, ""},
        {"nothing", kJson, "", false, 0, 0, 0, 0, 0, ""},
        {"another type", "audio/mpeg", R"({"usage":{"prompt_tokens":1}})", false, 0, 0, 0, 0, 0,
         ""},
    };
}

TEST(PassthroughUsage, ReadsEveryDialectHoweverItsBytesAreCut) {
    for (const Answer& answer : answers()) {
        for (const std::size_t step :
             {std::size_t{1}, std::size_t{3}, std::size_t{64}, answer.bytes.size() + 1}) {
            SCOPED_TRACE(std::string(answer.name) + " in pieces of " + std::to_string(step));
            const Read found = read(answer.type, answer.bytes, step);
            EXPECT_EQ(found.usage.present, answer.present);
            EXPECT_EQ(found.usage.prompt, answer.prompt);
            EXPECT_EQ(found.usage.completion, answer.completion);
            EXPECT_EQ(found.usage.total, answer.total);
            EXPECT_EQ(found.usage.cached, answer.cached);
            EXPECT_EQ(found.usage.reasoning, answer.reasoning);
            EXPECT_EQ(found.model, answer.model);
        }
    }
}

TEST(PassthroughUsage, KeepsTheIdAndTheObjectThatSaysMost) {
    PassthroughUsage messages(kEvents);
    messages.feed(
        "data: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"usage\":"
        "{\"input_tokens\":1,\"cache_read_input_tokens\":2}}}\n\n"
        "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":3}}\n\n");
    messages.finish();
    EXPECT_EQ(messages.id(), "msg_1");
    EXPECT_EQ(messages.usage().raw, "{\"input_tokens\":1,\"cache_read_input_tokens\":2}");
    PassthroughUsage gemini(kJson);
    gemini.feed(R"({"usageMetadata": {"promptTokenCount":1} ,"responseId":"r"})");
    gemini.finish();
    EXPECT_EQ(gemini.id(), "r");
    EXPECT_EQ(gemini.usage().raw, "{\"promptTokenCount\":1}");
}

TEST(PassthroughUsage, CountsEventsWithData) {
    constexpr std::string_view kStream =
        ": hello\n\nevent: ping\n\ndata: {\"a\":1}\n\ndata: {\"a\"\ndata: :2}\n\ndata: [DONE]\n\n"
        "data: {\"cut\":";
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, kStream.size()})
        EXPECT_EQ(read(kEvents, kStream, step).events, 2U) << step;
}

TEST(PassthroughUsage, AnAnswerThatWasCutOffCostsWhatItHadTold) {
    const Read found = read(kEvents,
                            "data: {\"type\":\"message_start\",\"message\":{\"usage\":"
                            "{\"input_tokens\":11,\"output_tokens\":1}}}\n\ndata: {\"type\":",
                            5);
    EXPECT_EQ(found.usage.prompt, 11);
    EXPECT_EQ(found.usage.completion, 1);
}

}  // namespace
}  // namespace gomodel::dialect
