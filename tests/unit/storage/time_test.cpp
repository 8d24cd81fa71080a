// Times as databases hold them, and time zones.

#include <gtest/gtest.h>

#include "sql/instant.hpp"
#include "sql/mend.hpp"
#include "storage/sqlite/time_zone.hpp"

namespace gomodel::tests {
namespace {

std::string again(std::string_view text) {
    const auto instant = sql::parse_instant(text);
    return instant ? sql::format_instant(*instant) : "none";
}

TEST(Instant, ReadsEveryFormThatWasEverWritten) {
    const std::string noon = "2026-02-17T12:00:05.250000000Z";
    for (const char* text :
         {"2026-02-17T12:00:05.25Z", "2026-02-17T12:00:05.250000Z", "2026-02-17 12:00:05.25",
          "2026-02-17 12:00:05.25+00:00", "2026-02-17T14:00:05.25+02:00",
          "2026-02-17 12:00:05.25 +0000 UTC", "2026-02-17T06:30:05.25-0530", "1771329605.25"}) {
        EXPECT_EQ(again(text), noon) << text;
    }
    EXPECT_EQ(again("2026-02-17"), "2026-02-17T00:00:00.000000000Z");
    EXPECT_EQ(again("-1.5"), "1969-12-31T23:59:58.500000000Z");
    EXPECT_EQ(again("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00.000000000Z");
    EXPECT_EQ(again("2024-02-29T23:59:60Z"), "2024-03-01T00:00:00.000000000Z");
    for (const char* text : {"", "now", "2026-13-01", "2026-02-17T", "2026-02-17T12:00:05Zx",
                             "2026-02-17T12:61:05Z", "1e9", "--5", "99999999999999999999"}) {
        EXPECT_EQ(again(text), "none") << text;
    }
}

using storage_sqlite::TimeZone;

std::int64_t seconds(std::string_view text) {
    return sql::parse_instant(text)->seconds;
}

TEST(TimeZone, KnowsWhenClocksChange) {
    const auto berlin = TimeZone::load("Europe/Berlin");
    ASSERT_TRUE(berlin);
    EXPECT_EQ(berlin->at(seconds("2026-03-29T00:59:59Z")).offset, 3600);
    EXPECT_EQ(berlin->at(seconds("2026-03-29T01:00:00Z")).offset, 7200);
    EXPECT_EQ(berlin->at(seconds("2026-10-25T01:00:00Z")).offset, 3600);
    const auto span = berlin->at(seconds("2026-07-01"));
    EXPECT_EQ(span.begin, seconds("2026-03-29T01:00:00Z"));
    EXPECT_EQ(span.end, seconds("2026-10-25T01:00:00Z"));
    // Behind what the file lists, its rule goes on.
    EXPECT_EQ(berlin->at(seconds("2099-07-01")).offset, 7200);
    EXPECT_EQ(berlin->at(seconds("2099-12-01")).offset, 3600);
    EXPECT_EQ(TimeZone::load("Asia/Kolkata")->at(seconds("2026-01-01")).offset, 19800);
    // South of the equator.
    const auto sydney = TimeZone::load("Australia/Sydney");
    EXPECT_EQ(sydney->at(seconds("2098-01-01")).offset, 39600);
    EXPECT_EQ(sydney->at(seconds("2098-07-01")).offset, 36000);
    EXPECT_EQ(TimeZone::load("UTC")->at(0).offset, 0);
}

TEST(TimeZone, IsNoOtherFile) {
    for (const char* name :
         {"", "Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "zone.tab", "Europe"}) {
        EXPECT_FALSE(TimeZone::load(name)) << name;
    }
    EXPECT_FALSE(TimeZone::parse("TZif2" + std::string(100, '\xFF')));
}

TEST(ZoneRule, DaysOfAllKinds) {
    using storage_sqlite::ZoneRule;
    const auto changes = [](const char* text) {
        return sql::format_instant({ZoneRule::parse(text)->changes_of(2028)[0], 0}).substr(0, 16);
    };
    EXPECT_EQ(changes("EST5EDT,M3.2.0,M11.1.0"), "2028-03-12T07:00");
    EXPECT_EQ(changes("XXX0YYY,J60/0,J300"), "2028-03-01T00:00");
    EXPECT_EQ(changes("XXX0YYY,59/0,300"), "2028-02-29T00:00");
    EXPECT_EQ(changes("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"), "2028-03-26T01:00");
    for (const char* bad : {"", "X", "EST5EDT", "EST5EDT,M13.1.0,M11.1.0", "EST5EDT,M3.2.0"}) {
        EXPECT_FALSE(ZoneRule::parse(bad)) << bad;
    }
}

TEST(Mend, TextIsWellFormedAndHasNoNul) {
    EXPECT_EQ(sql::mend("a\xC3\xA4😀"), "a\xC3\xA4😀");
    EXPECT_EQ(sql::mend(std::string("a\0b", 3)),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(sql::mend("\xC0\x80x\xED\xA0\x80y\xF5"),
              "\xEF\xBF\xBD\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDy\xEF\xBF\xBD");
    EXPECT_EQ(sql::mend_json(R"({"a\u0000":"\ud800\n","b":[1.5e3,true]})"),
              "{\"a\xEF\xBF\xBD\":\"\xEF\xBF\xBD\\n\",\"b\":[1.5e3,true]}");
    EXPECT_EQ(sql::mend_json(R"([1e999999,-1e-999999,-0,12345678901234567890])"),
              R"(["1e999999","-1e-999999",-0,12345678901234567890])");
    EXPECT_EQ(sql::mend_json(" { \"a b\" : [ 1 , \"c \\\" d\\\\\" ] \n} "),
              R"({"a b":[1,"c \" d\\"]})");
    EXPECT_EQ(sql::mend_json(R"({"as \/ it\t":"\\u0000 \"is\""})"),
              R"({"as \/ it\t":"\\u0000 \"is\""})");
}

// Text is looked at eight bytes at a time: what is wrong is found at each place in them.
TEST(Mend, FindsWhatIsWrongWhereverItIs) {
    for (std::size_t before = 0; before < 20; ++before) {
        const std::string good(before, 'a');
        const std::string end = "\xC3\xA4 and more to come";
        EXPECT_EQ(sql::mend(good + end), good + end);
        for (const std::string& bad : {std::string(1, '\0'), std::string("\x80")}) {
            EXPECT_EQ(sql::mend(good + bad + end), good + "\xEF\xBF\xBD" + end) << before;
        }
        EXPECT_EQ(sql::mend_json("[\"" + good + "\x80" + end + "\",\"" + good + "\\u0000\"]"),
                  "[\"" + good + "\xEF\xBF\xBD" + end + "\",\"" + good + "\xEF\xBF\xBD\"]");
    }
}

}  // namespace
}  // namespace gomodel::tests
