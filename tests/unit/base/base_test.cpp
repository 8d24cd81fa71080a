#include <gtest/gtest.h>

#include <thread>

#include "base/json_escape.hpp"
#include "base/log.hpp"
#include "base/published.hpp"
#include "base/random.hpp"
#include "base/resident_code.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "support/holed_text.hpp"

namespace gomodel::base {
namespace {

class CountingRandom final : public Random {
public:
    std::uint64_t next() override { return value_ += 0x0123456789abcdefULL; }

private:
    std::uint64_t value_ = 0;
};

TEST(Uuid4, HasVersionVariantAndForm) {
    CountingRandom random;
    EXPECT_EQ(uuid4(random), "01234567-89ab-4def-8246-8acf13579bde");
    SystemRandom system;
    EXPECT_NE(uuid4(system), uuid4(system));
}

TEST(Uuid4, ByTimeSortsByTimeAndIsDifferentEachTime) {
    const WallTime time = WallTime(std::chrono::milliseconds(0x0123456789ab));
    CountingRandom random;
    EXPECT_EQ(uuid4_by_time(random, time), "01234567-89ab-4def-8246-8acf13579bde");
    SystemRandom system;
    const std::string id = uuid4_by_time(system, time);
    EXPECT_EQ(id.substr(0, 15), "01234567-89ab-4");
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_NE(id, uuid4_by_time(system, time));
    EXPECT_LT(id, uuid4_by_time(system, time + std::chrono::milliseconds(1)));
}

TEST(Text, ParseDecimalTakesDigitsOnly) {
    EXPECT_EQ(parse_decimal("0"), 0u);
    EXPECT_EQ(parse_decimal("18446744073709551615"), UINT64_MAX);
    for (const char* bad : {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "18446744073709551616"}) {
        EXPECT_FALSE(parse_decimal(bad).has_value()) << bad;
    }
}

TEST(Text, NearestFindsTyposAndNothingElse) {
    const std::vector<std::string_view> known = {"gpt-4o", "gpt-4o-mini", "claude-sonnet"};
    EXPECT_EQ(nearest("gpt-4p", known), "gpt-4o");
    EXPECT_EQ(nearest("GPT-4o-mini", known), "gpt-4o-mini");
    EXPECT_FALSE(nearest("llama", known).has_value());
}

TEST(Text, SplitListTrimsAndDropsEmpties) {
    EXPECT_EQ(split_list(" a, b,,c ,"), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_TRUE(split_list(" , ").empty());
}

TEST(Text, ConstantTimeEqualsComparesAll) {
    EXPECT_TRUE(constant_time_equals("secret", "secret"));
    EXPECT_FALSE(constant_time_equals("secret", "secreT"));
    EXPECT_FALSE(constant_time_equals("secret", "secre"));
    EXPECT_TRUE(constant_time_equals("", ""));
    const std::string secret(64, 's');
    for (std::size_t i = 0; i < secret.size(); ++i) {
        std::string other = secret;
        other[i] = 't';
        EXPECT_FALSE(constant_time_equals(secret, other)) << i;
        EXPECT_FALSE(constant_time_equals(other, secret)) << i;
    }
}

TEST(TextDeathTest, ConstantTimeEqualsReadsOnBehindADifference) {
    const tests::HoledText text("A");
    const std::string other(tests::HoledText::size(), 'x');
    EXPECT_FALSE(text.view() == other);  // stops at the first byte
    EXPECT_DEATH(static_cast<void>(constant_time_equals(text.view(), other)), "");
    EXPECT_DEATH(static_cast<void>(constant_time_equals(other, text.view())), "");
}

TEST(Utf8, ReplacesOnlyIllFormedBytes) {
    EXPECT_EQ(replace_invalid_utf8("ok \xC3\xA9 \xF0\x9F\x98\x80"), "ok \xC3\xA9 \xF0\x9F\x98\x80");
    constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
    for (const std::string_view bad :
         {"\xC0", "\xFF", "\xC3", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
        const std::string mended = replace_invalid_utf8(bad);
        EXPECT_EQ(mended.size(), bad.size() * kReplacement.size());
    }
}

// Long text is looked at many bytes at a time: whatever is wrong is found at each place in them.
TEST(Utf8, FindsWhatIsIllFormedWhereverItIs) {
    for (std::size_t before = 0; before < 80; ++before) {
        const std::string good(before, 'a');
        const std::string end = "\xC3\xA9 and more to come";
        EXPECT_TRUE(is_utf8(good + end)) << before;
        EXPECT_EQ(replace_invalid_utf8(good + end), good + end);
        for (const std::string bad : {"\x80", "\xFF"}) {
            EXPECT_FALSE(is_utf8(good + bad)) << before;
            EXPECT_FALSE(is_utf8(good + bad + end)) << before;
            EXPECT_EQ(replace_invalid_utf8(good + bad + end), good + "\xEF\xBF\xBD" + end);
        }
    }
    EXPECT_TRUE(is_utf8(""));
}

TEST(JsonEscape, LeavesNothingThatBreaksAString) {
    std::string out;
    append_json_escaped(out, std::string_view("a\"b\\c\n\t\r\x01\0\xFF", 11));
    EXPECT_EQ(out, "a\\\"b\\\\c\\n\\t\\r\\u0001\\u0000\xEF\xBF\xBD");
}

TEST(Sha256, KnownAnswer) {
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ResidentCode, IsLetGoOfAndComesBackWhenItIsUsed) {
    EXPECT_GT(release_resident_code(), 0u);
    // What is there now is what came back for this, of code that no longer runs nothing.
    const std::size_t left = release_resident_code();
    EXPECT_GT(left, 0u);
    EXPECT_EQ(sha256_hex("abc").size(), 64u);
}

TEST(Published, ReadersKeepWhatTheyTookWhileItIsReplaced) {
    Published<int> published(std::make_shared<const int>(0));
    const std::shared_ptr<const int> first = published.get();
    std::thread writer([&] {
        for (int i = 1; i <= 10000; ++i)
            published.publish(std::make_shared<const int>(i));
    });
    int last = 0;
    while (last != 10000) {
        const int seen = *published.get();
        ASSERT_GE(seen, last);
        last = seen;
    }
    writer.join();
    EXPECT_EQ(*first, 0);
}

}  // namespace
}  // namespace gomodel::base
