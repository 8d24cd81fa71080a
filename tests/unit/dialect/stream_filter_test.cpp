#include "dialect/stream_filter.hpp"

#include <gtest/gtest.h>

namespace gomodel::dialect {
namespace {

struct Passed {
    std::string out;
    bool complete = false;
    TokenUsage usage;
    std::string model;
};

// Runs a stream through a filter in pieces of `step` bytes.
Passed run(std::string_view stream, std::size_t step, Endpoint endpoint = Endpoint::kChat,
           bool withhold = true) {
    StreamFilter filter(endpoint, withhold);
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
    passed.usage = filter.usage();
    passed.model = filter.model();
    return passed;
}

constexpr std::string_view kText =
    "data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
    "\"content\":\"say \\\"usage\\\": {}\"},\"finish_reason\":null}],\"usage\":null}\n\n";
constexpr std::string_view kFinish =
    "data: {\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
    "\"usage\":null}\r\n\r\n";
constexpr std::string_view kUsage =
    "data: {\"model\":\"m-2025\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
    "\"completion_tokens\":3,\"total_tokens\":10,\"prompt_tokens_details\":{\"cached_tokens\":4},"
    "\"completion_tokens_details\":{\"reasoning_tokens\":2}}}\n\n";
constexpr std::string_view kDone = "data: [DONE]\n\n";

std::string join(std::initializer_list<std::string_view> events) {
    std::string all;
    for (const std::string_view event : events)
        all.append(event);
    return all;
}

TEST(StreamFilter, WithholdsOnlyTheUsageChunkHoweverItIsCut) {
    const std::string stream = join({": ping\n\n", kText, kFinish, kUsage, kDone});
    const std::string expected = join({": ping\n\n", kText, kFinish, kDone});
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        const Passed passed = run(stream, step);
        ASSERT_EQ(passed.out, expected) << step;
        ASSERT_TRUE(passed.complete);
        ASSERT_EQ(passed.usage.prompt, 7);
        ASSERT_EQ(passed.usage.completion, 3);
        ASSERT_EQ(passed.usage.cached, 4);
        ASSERT_EQ(passed.usage.reasoning, 2);
        ASSERT_EQ(passed.model, "m-2025");
    }
}

TEST(StreamFilter, PassesTheUsageChunkToAClientThatAskedForIt) {
    const std::string stream = join({kText, kFinish, kUsage, kDone});
    const Passed passed = run(stream, stream.size(), Endpoint::kChat, false);
    EXPECT_EQ(passed.out, stream);
    EXPECT_TRUE(passed.usage.present);
}

// Shows only under UndefinedBehaviorSanitizer: the view of the missing value has no memory.
TEST(StreamFilter, LeavesOutADataLineWithoutAValue) {
    const std::string stream = join({"data\n\n", kText, kFinish, kDone});
    EXPECT_EQ(run(stream, stream.size()).out, join({kText, kFinish, kDone}));
    EXPECT_EQ(run(stream, 3).out, join({kText, kFinish, kDone}));
}

TEST(StreamFilter, PassesUsageThatComesWithChoices) {
    const std::string last =
        "data: "
        "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1}}"
        "\n\n";
    const std::string stream = join({kText, last, kDone});
    EXPECT_EQ(run(stream, 5).out, stream);
    EXPECT_EQ(run(stream, 5).usage.prompt, 1);
}

TEST(StreamFilter, CompletesAnUntidyEnd) {
    EXPECT_EQ(run(join({kText, kFinish}), 7).out, join({kText, kFinish, kDone}));
    EXPECT_EQ(run(join({kText, kFinish, "data: [DONE]"}), 7).out, join({kText, kFinish, kDone}));
    EXPECT_EQ(run(join({kText, kFinish, "data: [DONE]\n"}), 7).out, join({kText, kFinish, kDone}));
}

TEST(StreamFilter, StreamThatStopsIsNotComplete) {
    const std::string half(kText.substr(0, 40));
    const Passed passed = run(join({kText, half}), 9);
    EXPECT_FALSE(passed.complete);
    EXPECT_EQ(passed.out, kText) << "half an event must not reach the client";
    EXPECT_FALSE(run("", 1).complete);
}

TEST(StreamFilter, ErrorOfTheUpstreamEndsAStream) {
    const std::string error = "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"x\"}}\n\n";
    const Passed passed = run(join({kText, error}), 11);
    EXPECT_TRUE(passed.complete);
    EXPECT_EQ(passed.out, join({kText, error}));
}

TEST(StreamFilter, OversizedEventGoesThrough) {
    const std::string big = "data: {\"x\":\"" + std::string(600 * 1024, 'y') + "\"}\n\n";
    const std::string stream = join({big, kFinish, kDone});
    for (const std::size_t step : {std::size_t{1000}, std::size_t{65536}, stream.size()}) {
        const Passed passed = run(stream, step);
        EXPECT_EQ(passed.out.size(), stream.size()) << step;
        EXPECT_EQ(passed.out, stream) << step;
        EXPECT_TRUE(passed.complete);
    }
}

constexpr std::string_view kCompleted =
    "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":9,"
    "\"response\":{\"model\":\"r\",\"error\":null,\"usage\":{\"input_tokens\":5,"
    "\"output_tokens\":6,\"output_tokens_details\":{\"reasoning_tokens\":1}}}}\n\n";
constexpr std::string_view kDelta =
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
    "\"delta\":\"a\"}\n\n";

TEST(StreamFilter, ReadsUsageOfAResponsesStreamHoweverItIsCut) {
    const std::string stream = join({kDelta, kCompleted});
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        const Passed passed = run(stream, step, Endpoint::kResponses);
        ASSERT_EQ(passed.out, stream + std::string(kDone)) << step;
        ASSERT_EQ(passed.usage.prompt, 5);
        ASSERT_EQ(passed.usage.total, 11);
        ASSERT_EQ(passed.usage.reasoning, 1);
        ASSERT_EQ(passed.model, "r");
    }
}

TEST(StreamFilter, ResponsesStreamWithoutItsLastEventIsNotComplete) {
    EXPECT_FALSE(run(kDelta, 5, Endpoint::kResponses).complete);
}

// The last event repeats the whole answer, however long that is.
TEST(StreamFilter, ReadsUsageOfAnOversizedLastEvent) {
    const std::string text(600 * 1024, 'y');
    const std::string data =
        "{\"type\":\"response.completed\",\"response\":{\"output\":[{\"usage\":{}},\"" + text +
        "\"],\"usage\":{\"input_tokens\":5,\"output_tokens\":6},\"model\":\"r\"},\"n\":{\"a\":1}}";
    const std::string named = "event: response.completed\ndata: " + data + "\n\n";
    const std::string nameless = "id: 7\r\ndata:" + data + "\r\n\r\n";
    for (const std::string& last : {named, nameless}) {
        for (const std::size_t step : {std::size_t{997}, std::size_t{65536}, last.size()}) {
            const Passed passed = run(join({kDelta, last}), step, Endpoint::kResponses);
            EXPECT_TRUE(passed.complete) << step;
            EXPECT_EQ(passed.out, join({kDelta, last, kDone})) << step;
            EXPECT_EQ(passed.usage.total, 11) << step;
            EXPECT_EQ(passed.model, "r") << step;
        }
    }
    const std::string half = named.substr(0, named.size() / 2);
    EXPECT_FALSE(run(join({kDelta, half}), 65536, Endpoint::kResponses).complete);
}

TEST(StreamFilter, ReadsUsageOfAnOversizedChunk) {
    const std::string chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"" +
                              std::string(600 * 1024, 'y') +
                              "\"}}],\"usage\":{\"prompt_tokens\":7},\"model\":\"m\"}\n\n";
    for (const std::size_t step : {std::size_t{1000}, std::size_t{65536}}) {
        const Passed passed = run(join({chunk, kDone}), step);
        EXPECT_EQ(passed.out, join({chunk, kDone}));
        EXPECT_EQ(passed.usage.prompt, 7);
        EXPECT_EQ(passed.model, "m");
    }
}

TEST(StreamFilter, ErrorEventSuitsTheDialect) {
    const ApiError error = provider_error(502, "it \"broke\"");
    EXPECT_EQ(StreamFilter(Endpoint::kChat, false).error_event(error),
              "data: {\"error\":{\"type\":\"provider_error\",\"message\":\"it \\\"broke\\\"\","
              "\"param\":null,\"code\":null}}\n\n");
    EXPECT_EQ(StreamFilter(Endpoint::kResponses, false).error_event(error),
              "event: error\ndata: {\"type\":\"error\",\"code\":null,\"message\":\"it "
              "\\\"broke\\\"\",\"param\":null,\"sequence_number\":0,\"error\":{\"type\":"
              "\"provider_error\",\"message\":\"it \\\"broke\\\"\",\"param\":null,\"code\":null}}"
              "\n\n");
}

}  // namespace
}  // namespace gomodel::dialect
