#include "config/values.hpp"

#include <chrono>

#include "config/url_path.hpp"
#include "config/user_path.hpp"
#include "support.hpp"

namespace gomodel::config {
namespace {

using namespace std::chrono_literals;

TEST(Values, YamlBooleans) {
    for (const char* text : {"true", "True", "TRUE", "yes", "YES", "on", "On", "y"}) {
        EXPECT_EQ(parse_yaml_bool(text), true) << text;
    }
    for (const char* text : {"false", "False", "no", "NO", "off", "n"}) {
        EXPECT_EQ(parse_yaml_bool(text), false) << text;
    }
    for (const char* text : {"", "1", "0", "truee", "t", " true"}) {
        EXPECT_EQ(parse_yaml_bool(text), std::nullopt) << text;
    }
}

TEST(Values, OnlyTrueAndOneAreTrueInTheEnvironment) {
    for (const char* text : {"true", "TRUE", "True", "1"}) {
        EXPECT_TRUE(parse_env_bool(text).value) << text;
        EXPECT_TRUE(parse_env_bool(text).certain) << text;
    }
    for (const char* text : {"false", "FALSE", "0", "no", "off", "n", "f", "disabled"}) {
        EXPECT_FALSE(parse_env_bool(text).value) << text;
        EXPECT_TRUE(parse_env_bool(text).certain) << text;
    }
    for (const char* text : {"yes", "on", "TRUE ", " true", "2", "enabled", "01", "maybe"}) {
        EXPECT_FALSE(parse_env_bool(text).value) << text;
        EXPECT_FALSE(parse_env_bool(text).certain) << text;
    }
}

TEST(Values, Integers) {
    EXPECT_EQ(parse_integer("42"), 42);
    EXPECT_EQ(parse_integer("-42"), -42);
    EXPECT_EQ(parse_integer("+42"), 42);
    EXPECT_EQ(parse_integer("0042"), 42);
    for (const char* text :
         {"", "+", "-", "+-1", "1.0", "1e3", "0x10", " 1", "1 ", "ten", "99999999999999999999"}) {
        EXPECT_EQ(parse_integer(text), std::nullopt) << text;
    }
}

TEST(Values, Numbers) {
    EXPECT_EQ(parse_number("0.5"), 0.5);
    EXPECT_EQ(parse_number("-1e3"), -1000);
    EXPECT_EQ(parse_number("+2"), 2);
    for (const char* text : {"", "nan", "inf", "-inf", ".inf", "1,5", "1 ", "x", "1e999", "+-1"}) {
        EXPECT_EQ(parse_number(text), std::nullopt) << text;
    }
}

struct DurationCase {
    const char* text;
    base::Duration duration;
    const char* canonical;
};

TEST(Values, Durations) {
    const DurationCase cases[] = {
        {"500ms", 500ms, "500ms"},
        {"1m30s", 90s, "1m30s"},
        {"1h", 1h, "1h0m0s"},
        {"1.5h", 90min, "1h30m0s"},
        {".5s", 500ms, "500ms"},
        {"1.s", 1s, "1s"},
        {"2ns", 2ns, "2ns"},
        {"3us", 3us, "3\xC2\xB5s"},
        {"3\xC2\xB5s", 3us, "3\xC2\xB5s"},
        {"3\xCE\xBCs", 3us, "3\xC2\xB5s"},
        {"0s", 0s, "0s"},
        {"-5s", -5s, "-5s"},
        {"+5s", 5s, "5s"},
        {"1h0m0.25s", 1h + 250ms, "1h0m0.25s"},
        {"1500us", 1500us, "1.5ms"},
        {"100h", 100h, "100h0m0s"},
    };
    for (const DurationCase& c : cases) {
        ASSERT_TRUE(parse_duration(c.text)) << c.text;
        EXPECT_EQ(*parse_duration(c.text), c.duration) << c.text;
        EXPECT_EQ(format_duration(c.duration), c.canonical) << c.text;
        EXPECT_EQ(parse_duration(c.canonical), c.duration) << c.canonical;
    }
}

TEST(Values, ABareNumberIsNoDuration) {
    for (const char* text : {"", "0", "60", "s", "1", "1.5", "-", "1 s", " 1s", "1s ", "1d", "1S",
                             ".s", "1..5s", "1m30", "--1s", "9999999999h", "1e3s"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

TEST(Values, Sizes) {
    const std::pair<const char*, std::uint64_t> cases[] = {
        {"1024", 1024},       {"10M", 10U << 20},   {"10MB", 10U << 20}, {"10m", 10U << 20},
        {"512KB", 512 << 10}, {"512kb", 512 << 10}, {"1G", 1U << 30},    {"100B", 100},
    };
    for (const auto& [text, bytes] : cases) {
        EXPECT_EQ(parse_size(text), bytes) << text;
    }
    for (const char* text : {"", "M", "B", "10X", "1.5M", "-1M", " 1M", "10 M", "10MBB", "10KM",
                             "99999999999999999999", "99999999999G"}) {
        EXPECT_EQ(parse_size(text), std::nullopt) << text;
    }
    EXPECT_EQ(format_size(10U << 20), "10M");
    EXPECT_EQ(format_size(1536), "1536");
    EXPECT_EQ(format_size(512 << 10), "512K");
    EXPECT_EQ(format_size(0), "0");
}

TEST(UserPath, IsNormalised) {
    const std::pair<const char*, const char*> cases[] = {
        {"team/alpha", "/team/alpha"},
        {" /team//alpha/ ", "/team/alpha"},
        {"/", "/"},
        {"//", "/"},
        {"", ""},
        {"  ", ""},
        {"/ team / alpha ", "/team/alpha"},
    };
    for (const auto& [text, path] : cases) {
        const auto result = normalise_user_path(text);
        ASSERT_TRUE(result.ok()) << text;
        EXPECT_EQ(*result, path) << text;
    }
}

TEST(UserPath, RefusesDotsAndColons) {
    EXPECT_EQ(normalise_user_path("/a/../b").error().message,
              "user path cannot contain '.' or '..' segments");
    EXPECT_EQ(normalise_user_path("./b").error().message,
              "user path cannot contain '.' or '..' segments");
    EXPECT_EQ(normalise_user_path("/a:b").error().message, "user path cannot contain ':'");
}

TEST(UrlPath, IsCleaned) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "/"},          {"/", "/"},        {"a", "/a"},
        {" /a/ ", "/a"},    {"/a//b", "/a/b"}, {"/a/../b", "/b"},
        {"/a/./b", "/a/b"}, {"/../a", "/a"},   {"/a/b/../..", "/"},
    };
    for (const auto& [text, path] : cases) {
        EXPECT_EQ(clean_url_path(text), path) << text;
    }
}

TEST(UrlPath, UnderStopsAtSegments) {
    EXPECT_TRUE(is_under("/v1", "/v1"));
    EXPECT_TRUE(is_under("/v1/x", "/v1"));
    EXPECT_FALSE(is_under("/v1x", "/v1"));
    EXPECT_TRUE(is_under("/x", "/"));
}

}  // namespace
}  // namespace gomodel::config
