#include <gtest/gtest.h>
#include <gomodel/sse.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gomodel {
namespace {

struct Seen {
    std::string name;
    std::string data;
    bool has_data = false;

    bool operator==(const Seen&) const = default;
};

void PrintTo(const Seen& seen, std::ostream* out) {
    *out << "{" << seen.name << ": " << seen.data << (seen.has_data ? "" : " (no data)") << "}";
}

struct Reading {
    std::vector<Seen> events;
    std::string raw;        // all pieces joined: must be the stream
    std::string oversized;  // the pieces of events that were too long
};

// Feeds `stream` cut at each of `cuts`, which ascend.
Reading read(std::string_view stream, std::vector<std::size_t> cuts, std::size_t max = 4096) {
    Reading reading;
    SseReader reader(max);
    cuts.push_back(stream.size());
    std::size_t from = 0;
    for (const std::size_t to : cuts) {
        // A copy of exactly those bytes, so that a sanitizer sees a read past them.
        const std::string piece(stream.substr(from, to - from));
        reader.feed(
            piece,
            [&](const SseEvent& event) {
                reading.events.push_back(
                    {std::string(event.name), std::string(event.data), event.has_data});
                reading.raw += event.raw;
            },
            [&](std::string_view part) {
                reading.oversized += part;
                reading.raw += part;
            });
        from = to;
    }
    reading.raw += reader.pending();
    return reading;
}

std::vector<std::size_t> every_byte(std::string_view stream) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = 1; at < stream.size(); ++at)
        cuts.push_back(at);
    return cuts;
}

struct Case {
    const char* name;
    std::string stream;
    std::vector<Seen> events;
};

class SseReaderCase : public ::testing::TestWithParam<Case> {};

TEST_P(SseReaderCase, WholeAndCutAnywhereGiveTheSame) {
    const Case& c = GetParam();
    const Reading whole = read(c.stream, {});
    EXPECT_EQ(whole.events, c.events);
    EXPECT_EQ(whole.raw, c.stream);
    EXPECT_EQ(read(c.stream, every_byte(c.stream)).events, c.events);
    for (std::size_t a = 1; a < c.stream.size(); ++a) {
        for (std::size_t b = a; b < c.stream.size(); ++b) {
            const Reading cut = read(c.stream, {a, b});
            ASSERT_EQ(cut.events, c.events) << "cut at " << a << " and " << b;
            ASSERT_EQ(cut.raw, c.stream) << "cut at " << a << " and " << b;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Streams, SseReaderCase,
    ::testing::Values(
        Case{"LineFeeds", "data: one\n\ndata: two\n\n", {{"", "one", true}, {"", "two", true}}},
        Case{"CarriageReturns",
             "event: a\r\ndata: one\r\n\r\ndata: two\r\n\r\n",
             {{"a", "one", true}, {"", "two", true}}},
        Case{"Mixed", "data: one\r\n\ndata: two\n\r\n", {{"", "one", true}, {"", "two", true}}},
        Case{
            "Comments", ": hello\n\n: a\ndata: one\n: b\n\n", {{"", "", false}, {"", "one", true}}},
        Case{"SeveralDataLines",
             "data: one\ndata:\ndata:two\r\ndata:  three\n\ndata: {\n\n",
             {{"", "one\n\ntwo\n three", true}, {"", "{", true}}},
        Case{"EmptyData", "data\n\ndata:\n\n", {{"", "", true}, {"", "", true}}},
        Case{"OtherFields", "id: 7\nretry: 10\nevent: x\ndata: y\n\n", {{"x", "y", true}}},
        Case{"ColonsInside", "data: {\"a\": 1}\n\n", {{"", "{\"a\": 1}", true}}},
        Case{"BlankLines",
             "\n\ndata: one\n\n\n",
             {{"", "", false}, {"", "", false}, {"", "one", true}, {"", "", false}}},
        Case{"CutShort", "data: one\n\ndata: tw", {{"", "one", true}}},
        Case{"OneLineOnly", "data: one\n", {}}),
    [](const auto& each) { return each.param.name; });

TEST(SseReader, OversizedEventIsGivenRawAndTheNextOneParsed) {
    const std::string stream = "data: " + std::string(100, 'x') + "\n\ndata: ok\n\n";
    for (std::size_t cut = 1; cut < 108; ++cut) {
        const Reading reading = read(stream, {cut}, 20);
        EXPECT_EQ(reading.raw, stream);
        EXPECT_EQ(reading.events.back(), (Seen{"", "ok", true})) << "cut at " << cut;
    }
    // In one piece it needs no buffer and is parsed whatever its length.
    EXPECT_EQ(read(stream, {}, 20).events.size(), 2u);
    const Reading bytes = read(stream, every_byte(stream), 20);
    EXPECT_EQ(bytes.oversized, stream.substr(0, 108));
    EXPECT_EQ(bytes.events, (std::vector<Seen>{{"", "ok", true}}));
}

TEST(SseReader, SaysWhetherItIsInsideAnEvent) {
    SseReader reader;
    const auto ignore = [](const auto&) {};
    EXPECT_FALSE(reader.inside_event());
    reader.feed("data: a\n", ignore, ignore);
    EXPECT_TRUE(reader.inside_event());
    EXPECT_EQ(reader.pending(), "data: a\n");
    reader.feed("\n", ignore, ignore);
    EXPECT_FALSE(reader.inside_event());
}

TEST(AppendSse, WhatIsWrittenIsReadBack) {
    std::string stream;
    append_sse(stream, "ping", "{}");
    append_sse(stream, "", "two\nlines");
    EXPECT_EQ(stream, "event: ping\ndata: {}\n\ndata: two\ndata: lines\n\n");
    EXPECT_EQ(read(stream, {}).events,
              (std::vector<Seen>{{"ping", "{}", true}, {"", "two\nlines", true}}));
}

}  // namespace
}  // namespace gomodel
