#include "dialect/large_event.hpp"

#include <gtest/gtest.h>

namespace gomodel::dialect {
namespace {

constexpr std::string_view kEvent =
    ": comment with \"usage\"\r\nid\nevent: response.completed\r\nretry: 10\n"
    "data: {\"type\":\"t\",\"response\":\ndata:{\"usage\":{\"input_tokens\":1},\n"
    "data: \"model\":\"m\"}}\n\n";

TEST(LargeEvent, ReadsTheSameHoweverItIsCut) {
    for (std::size_t step = 1; step <= kEvent.size(); ++step) {
        LargeEvent event(Endpoint::kResponses);
        for (std::size_t at = 0; at < kEvent.size(); at += step)
            event.feed(kEvent.substr(at, step));
        ASSERT_EQ(event.type(), "response.completed") << step;
        ASSERT_EQ(event.usage(), "{\"input_tokens\":1}") << step;
        ASSERT_EQ(event.model(), "\"m\"") << step;
    }
}

TEST(LargeEvent, TypeOfTheDataStandsInForTheName) {
    LargeEvent event(Endpoint::kResponses);
    event.feed("data: {\"response\":{\"type\":\"no\"},\"type\":\"response.failed\"}\n\n");
    EXPECT_EQ(event.type(), "response.failed");
}

TEST(LargeEvent, ChunkHasItsUsageOutside) {
    LargeEvent event(Endpoint::kChat);
    event.feed("data: {\"choices\":[{\"usage\":1}],\"usage\":{\"prompt_tokens\":2}}\n\n");
    EXPECT_EQ(event.usage(), "{\"prompt_tokens\":2}");
    EXPECT_EQ(event.type(), "");
}

TEST(LargeEvent, KeepsLittle) {
    LargeEvent event(Endpoint::kResponses);
    event.feed("event: " + std::string(100000, 'x') + "\n" + std::string(100000, 'y') + ": z\n\n");
    EXPECT_LE(event.type().size(), 64u);
}

}  // namespace
}  // namespace gomodel::dialect
