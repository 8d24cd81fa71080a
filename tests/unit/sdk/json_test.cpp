#include <gtest/gtest.h>
#include <gomodel/json.hpp>

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gomodel {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// The members of an object; an empty list and `ok` false for malformed text.
Pairs members(std::string_view text, bool& ok) {
    json::Object object(text);
    Pairs found;
    while (const auto member = object.next()) {
        found.emplace_back(member->name, member->value);
    }
    ok = object.ok();
    return found;
}

// A copy on the heap of exactly those bytes, so that a sanitizer sees a read past them.
struct Exact {
    explicit Exact(std::string_view text)
        : bytes(std::make_unique<char[]>(text.size())), size(text.size()) {
        text.copy(bytes.get(), size);
    }
    std::string_view view() const { return {bytes.get(), size}; }

    std::unique_ptr<char[]> bytes;
    std::size_t size;
};

TEST(JsonObject, GivesRawSlicesInOrder) {
    bool ok = false;
    const std::string_view text =
        " {\"a\" : 1.50e+3 ,\"b\":{\"x\":[1,{\"y\":\"]}\"}]},\n\"a\":null, \"c\":\"\\\"q\\\"\" } ";
    EXPECT_EQ(members(text, ok), (Pairs{{"\"a\"", "1.50e+3"},
                                        {"\"b\"", "{\"x\":[1,{\"y\":\"]}\"}]}"},
                                        {"\"a\"", "null"},
                                        {"\"c\"", "\"\\\"q\\\"\""}}));
    EXPECT_TRUE(ok);
}

TEST(JsonObject, SlicesPointIntoTheText) {
    const std::string text = R"({"model":"gpt-4o"})";
    json::Object object(text);
    const auto member = object.next();
    ASSERT_TRUE(member);
    EXPECT_EQ(member->name.data(), text.data() + 1);
    EXPECT_EQ(member->value.data(), text.data() + 9);
}

TEST(JsonObject, NamesAreComparedUnescaped) {
    json::Object object(R"({"mod\u0065l":1,"model ":2})");
    EXPECT_TRUE(object.next()->is("model"));
    EXPECT_FALSE(object.next()->is("model"));
}

TEST(JsonObject, MalformedTextIsNotOk) {
    for (const char* const text : {"",
                                   " ",
                                   "{",
                                   "}",
                                   "[]",
                                   "null",
                                   "{}x",
                                   "{\"a\"}",
                                   "{\"a\":}",
                                   "{\"a\":1,}",
                                   "{,}",
                                   "{\"a\":1 \"b\":2}",
                                   "{a:1}",
                                   "{\"a\":01}",
                                   "{\"a\":1.}",
                                   "{\"a\":.5}",
                                   "{\"a\":+1}",
                                   "{\"a\":1e}",
                                   "{\"a\":-}",
                                   "{\"a\":tru}",
                                   "{\"a\":nulll}",
                                   "{\"a\":\"\n\"}",
                                   "{\"a\":\"\\x\"}",
                                   "{\"a\":\"\\u12g4\"}",
                                   "{\"a\":[1,]}",
                                   "{\"a\":[1}",
                                   "{\"a\":{]}",
                                   "{\"a\":[1 2]}",
                                   "{\"a\":{\"b\" 1}}",
                                   "{\"a\":\"",
                                   "{\"a\":\"\\",
                                   "{\"a\":\"\\u00"}) {
        bool ok = true;
        members(Exact(text).view(), ok);
        EXPECT_FALSE(ok) << text;
        EXPECT_FALSE(json::find(Exact(text).view(), "a")) << text;
    }
}

TEST(JsonObject, EmptyObjectIsOk) {
    bool ok = false;
    EXPECT_TRUE(members("{ }", ok).empty());
    EXPECT_TRUE(ok);
}

TEST(JsonObject, NestingIsLimited) {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    bool ok = false;
    members(nested(json::kMaxDepth), ok);
    EXPECT_TRUE(ok);
    members(nested(json::kMaxDepth + 1), ok);
    EXPECT_FALSE(ok);
    members(nested(1000000), ok);
    EXPECT_FALSE(ok);
}

TEST(JsonObject, EveryPrefixOfADocumentIsRefusedWithoutReadingPastIt) {
    const std::string text =
        R"({"a":[1,-2.5e-3,"\u00e9\n",true,false,null,{"b":{}}],"c":"\ud83d\ude00"})";
    for (std::size_t length = 0; length < text.size(); ++length) {
        bool ok = true;
        members(Exact(text.substr(0, length)).view(), ok);
        EXPECT_FALSE(ok) << text.substr(0, length);
    }
    bool ok = false;
    members(Exact(text).view(), ok);
    EXPECT_TRUE(ok);
}

TEST(JsonObject, DamagedTextIsNeverReadPast) {
    const std::string text =
        R"({"a":[1,-2.5e-3,"\u00e9\n",true,false,null,{"b":{}}],"c":"\ud83d\ude00"})";
    std::mt19937 random(1);
    int refused = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string damaged = text;
        for (int edits = 0; edits < 3; ++edits) {
            damaged[random() % damaged.size()] = "{}[]\",:\\u0e-nt \xff"[random() % 16];
        }
        bool ok = false;
        for (const auto& [name, value] : members(Exact(damaged).view(), ok)) {
            EXPECT_TRUE(json::unquote(name));
            json::unquote(value);
            json::number(value);
        }
        refused += ok ? 0 : 1;
    }
    EXPECT_GT(refused, 10000);
}

TEST(JsonArray, GivesRawElements) {
    json::Array array(" [1, \"two\" ,[3],{\"f\":4}] ");
    std::vector<std::string> found;
    while (const auto element = array.next())
        found.emplace_back(*element);
    EXPECT_EQ(found, (std::vector<std::string>{"1", "\"two\"", "[3]", "{\"f\":4}"}));
    EXPECT_TRUE(array.ok());
    json::Array broken("[1,,2]");
    while (broken.next())
        continue;
    EXPECT_FALSE(broken.ok());
}

TEST(JsonFind, LastOfSeveralWins) {
    EXPECT_EQ(json::find(R"({"a":1,"b":2,"a":3})", "a"), "3");
    EXPECT_EQ(json::find(R"({"a":1})", "b"), std::nullopt);
}

TEST(JsonUnquote, DecodesEscapesAndSurrogates) {
    EXPECT_EQ(json::unquote(R"("a\"\\\/\b\f\n\r\t")"), "a\"\\/\b\f\n\r\t");
    EXPECT_EQ(json::unquote(R"("\u00e9\u20ac\ud83d\ude00")"), "é€😀");
    EXPECT_EQ(json::unquote(R"("\ud83d!")"), "\xEF\xBF\xBD!");
    EXPECT_EQ(json::unquote(R"("\ude00\ud83d\u0041")"),
              "\xEF\xBF\xBD\xEF\xBF\xBD"
              "A");
    EXPECT_EQ(json::unquote(R"("\u0000")"), std::string(1, '\0'));
    for (const char* const text : {"", "\"", "a", "\"a", "\"a\"b", "1", "\"a\\\""}) {
        EXPECT_FALSE(json::unquote(text)) << text;
    }
}

TEST(JsonQuote, IsUndoneByUnquote) {
    std::string text;
    for (int i = 0; i < 256; ++i)
        text += static_cast<char>(i);
    EXPECT_TRUE(json::valid(json::quote(text)));
    EXPECT_EQ(json::unquote(json::quote(text)), text);
    EXPECT_EQ(json::quote("a\"\n\x01"), "\"a\\\"\\n\\u0001\"");
}

// Strings are read eight or sixteen bytes at a time: what ends or breaks one is found at each place
// in them.
TEST(JsonString, IsReadRightWhereverItsSpecialBytesAre) {
    for (std::size_t before = 0; before < 40; ++before) {
        const std::string plain = std::string(before, 'a') + "\xC3\xA9\xFF";
        for (const std::string special : {"\"", "\\", "\n", "\x01", "\x1f"}) {
            const std::string text = plain + special + plain + special;
            const std::string quoted = json::quote(text);
            EXPECT_EQ(json::unquote(quoted), text) << before;
            EXPECT_FALSE(json::unquote("\"" + plain + special + plain).has_value()) << before;
            EXPECT_FALSE(json::valid("\"" + plain + special + "x" + plain + "\"")) << before;
        }
        EXPECT_EQ(json::quote(plain), "\"" + plain + "\"");
        EXPECT_TRUE(json::valid("[\"" + plain + "\",\"\x7f" + plain + "\"]"));
    }
}

TEST(JsonNumber, TakesNumbersOnly) {
    EXPECT_EQ(json::number("-2.5e2"), -250.0);
    EXPECT_EQ(json::number("0"), 0.0);
    for (const char* const text : {"", "1 ", " 1", "0x1", "inf", "nan", "1e999", "\"1\"", "01"}) {
        EXPECT_FALSE(json::number(text)) << text;
    }
}

}  // namespace
}  // namespace gomodel
