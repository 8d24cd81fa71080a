// What the recorded streams do not show: events out of place, what comes twice, sinks that refuse.
#include <gtest/gtest.h>
#include <gomodel/testing/recording_sink.hpp>

#include <string>
#include <vector>

#include "anthropic/stream.hpp"
#include "json_compare.hpp"

namespace anthropic {
namespace {

using gomodel::testing::RecordingSink;

constexpr const char* kStart = R"({"type":"message_start","message":{"id":"m","model":"theirs",)"
                               R"("usage":{"input_tokens":3,"output_tokens":1}}})";
constexpr const char* kStop =
    R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}})";

struct Seen {
    std::string text, reasoning, reason, error;
    int usages = 0;
    std::vector<std::string> chunks;
};

std::string start_block(int index, const std::string& block) {
    return R"({"type":"content_block_start","index":)" + std::to_string(index) +
           R"(,"content_block":)" + block + "}";
}
std::string delta(int index, const std::string& what) {
    return R"({"type":"content_block_delta","index":)" + std::to_string(index) + R"(,"delta":)" +
           what + "}";
}
std::string text_delta(int index, const std::string& text) {
    return delta(index, R"({"type":"text_delta","text":")" + text + "\"}");
}
std::string stop_block(int index) {
    return R"({"type":"content_block_stop","index":)" + std::to_string(index) + "}";
}

void look_at(const std::string& chunk, Seen& seen) {
    const gomodel::json::Tree tree(chunk);
    EXPECT_EQ(tree.root()["created"].raw(), "5");
    seen.chunks.push_back(chunk);
    if (tree.root()["usage"].is_object()) ++seen.usages;
    for (const gomodel::json::Node choice : tree.root()["choices"]) {
        seen.text += choice["delta"]["content"].text();
        seen.reasoning += choice["delta"]["reasoning_content"].text();
        seen.reason += choice["finish_reason"].text();
    }
}

Seen run(const std::vector<std::string>& events, bool include_usage = true) {
    Stream stream("asked", include_usage, 5);
    RecordingSink sink;
    for (const std::string& event : events)
        stream.feed(event, gomodel::Sink(sink.abi()));
    stream.end(gomodel::Sink(sink.abi()));
    Seen seen;
    for (const auto& output : sink.outputs()) {
        if (output.kind == GM_OUT_ERROR) {
            EXPECT_EQ(seen.error, "") << "two errors";
            seen.error = output.bytes;
        } else {
            look_at(output.bytes, seen);
        }
    }
    return seen;
}

const std::string kText = start_block(0, R"({"type":"text","text":""})");

TEST(Stream, UsageComesOnceAndOnlyWhenAsked) {
    const std::vector<std::string> events = {kStart,        kText, text_delta(0, "a"),
                                             stop_block(0), kStop, R"({"type":"message_stop"})"};
    EXPECT_EQ(run(events, true).usages, 1);
    const Seen seen = run(events, false);
    EXPECT_EQ(seen.usages, 0);
    for (const std::string& chunk : seen.chunks)
        EXPECT_EQ(chunk.find("usage"), std::string::npos) << chunk;
    EXPECT_EQ(seen.text, "a");
    EXPECT_EQ(seen.reason, "stop");
    EXPECT_EQ(seen.error, "");
}

TEST(Stream, ATurnMayTellItsUsageMoreThanOnce) {
    const Seen seen = run({kStart,
                           R"({"type":"message_delta","delta":{"stop_reason":null},)"
                           R"("usage":{"output_tokens":4}})",
                           kStop, kStop});
    EXPECT_EQ(seen.reason, "stop");
    EXPECT_EQ(seen.usages, 1);
    EXPECT_NE(seen.chunks.back().find(R"("completion_tokens":9)"), std::string::npos);
}

TEST(Stream, TextBlocksAreApartAsInAWholeAnswer) {
    const auto two = [](const std::string& second) {
        return run({kStart, kText, text_delta(0, "a"), stop_block(0), start_block(1, second),
                    text_delta(1, "b"), text_delta(1, "c"), stop_block(1), kStop})
            .text;
    };
    EXPECT_EQ(two(R"({"type":"text","text":""})"), "a\n\nbc");
    EXPECT_EQ(two(R"({"type":"text","text":"","citations":[]})"), "abc");
    EXPECT_EQ(two(R"({"type":"text","text":"x"})"), "a\n\nxbc");
}

TEST(Stream, WhatIsUnknownIsPassedOver) {
    const Seen seen =
        run({R"({"type":"ping"})", kStart, kStart, R"({"type":"vogel"})", "{}", kText,
             delta(0, R"({"type":"vogel_delta","text":"x"})"), delta(7, R"({"type":"text_delta"})"),
             delta(0, R"({"type":"input_json_delta","partial_json":"x"})"), text_delta(0, "a"),
             stop_block(0), stop_block(0), text_delta(0, "late"), kStop});
    EXPECT_EQ(seen.text, "a");
    EXPECT_EQ(seen.error, "");
}

TEST(Stream, EventsThatCannotBeAreErrors) {
    for (const char* const event : {"{", "[]", "7", "\"x\"", "null"}) {
        const Seen seen = run({kStart, event, kStop});
        EXPECT_NE(seen.error.find("not a JSON object"), std::string::npos) << event;
        EXPECT_EQ(seen.reason, "") << event;
    }
    for (const std::string& event :
         {kText, text_delta(0, "a"), stop_block(0), std::string(kStop)}) {
        EXPECT_NE(run({event, kStart}).error.find("before the message began"), std::string::npos)
            << event;
    }
}

TEST(Stream, AnErrorSaysWhatWasUsedUntilThen) {
    const std::string error =
        R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})";
    const Seen seen = run({kStart, error, kStop, error});
    EXPECT_EQ(seen.usages, 1);
    EXPECT_EQ(seen.reason, "");
    EXPECT_NE(seen.error.find(R"("code":"overloaded_error")"), std::string::npos);
    EXPECT_EQ(run({error}).usages, 0);
    EXPECT_EQ(run({kStart, error}, false).usages, 0);
    // Behind the end there is nothing left to fail, but the client hears of it.
    EXPECT_EQ(run({kStart, kStop, error}).usages, 1);
}

TEST(Stream, OneThatEndsEarlyIsAnError) {
    for (const auto& events : std::vector<std::vector<std::string>>{
             {}, {kStart}, {kStart, kText, text_delta(0, "a"), stop_block(0)}}) {
        EXPECT_NE(run(events).error.find("before it was complete"), std::string::npos);
    }
    EXPECT_EQ(run({kStart, kStop}).error, "");
}

TEST(Stream, ARefusalEndsTheCallAtOnce) {
    Stream stream("asked", true, 5);
    RecordingSink sink(GM_CANCELLED);
    EXPECT_THROW(stream.feed(kStart, gomodel::Sink(sink.abi())), gomodel::Refused);
}

}  // namespace
}  // namespace anthropic
