#include <gtest/gtest.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <gomodel/json_document.hpp>

#include <cstdint>
#include <limits>
#include <string>

namespace gomodel::json {
namespace {

std::string written(std::string_view text) {
    rapidjson::Document document;
    if (!read_document(text, document)) return "refused";
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    document.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string digits(std::size_t count, char digit) {
    return std::string(count, digit);
}

TEST(JsonDocument, HoldsEveryKindOfValue) {
    const std::string text =
        R"({"a":[null,true,false,"x\n",{}],"b":[],"":0,"c":-1.5,"\u00e9":"\ud83d\ude00"})";
    EXPECT_EQ(written(text),
              "{\"a\":[null,true,false,\"x\\n\",{}],\"b\":[],\"\":0,\"c\":-1.5,\"é\":\"😀\"}");
}

TEST(JsonDocument, WholeNumbersAreWholeUpTo64Bits) {
    rapidjson::Document document;
    ASSERT_TRUE(read_document(R"([-9223372036854775808, 18446744073709551615, 7, -0, 1.0, 1e2])",
                              document));
    EXPECT_EQ(document[0].GetInt64(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(document[1].GetUint64(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_TRUE(document[2].IsInt() && document[2].IsUint());
    EXPECT_TRUE(document[3].IsInt());
    EXPECT_TRUE(document[4].IsDouble());
    EXPECT_TRUE(document[5].IsDouble());
    EXPECT_EQ(written("18446744073709551616"), "18446744073709553000.0");
}

TEST(JsonDocument, NumbersAreTheNearestDouble) {
    EXPECT_EQ(written("0.922337203685477922337203685477"), "0.9223372036854779");
    EXPECT_EQ(written("2.2250738585072011e-308"), "2.225073858507201e-308");
    EXPECT_EQ(written("1" + digits(307, '0') + ".5"), "1e307");
    EXPECT_EQ(written("0." + digits(400, '0') + "1e401"), "1.0");
}

// What RapidJSON computes from beyond its tables, or refuses.
TEST(JsonDocument, NumbersBeyondADoubleAreZeroOrRefused) {
    for (const std::string& tiny :
         {std::string("0.00000000001e-2147483639"), std::string("1e-400"),
          "0." + digits(2000, '0') + "1", "0." + digits(400, '0') + "e-300",
          std::string("1e-99999999999999999999"), "1e-1" + digits(400, '0')}) {
        EXPECT_EQ(written(tiny), "0.0") << tiny;
    }
    for (const std::string& large :
         {std::string("1234567890123456e300"), std::string("-1234567890123456e300"),
          std::string("1e309"), std::string("0.9e309"), digits(309, '9'), digits(2000, '9'),
          digits(308, '9') + "e308", "1e1" + digits(400, '0')}) {
        rapidjson::Document document;
        const rapidjson::ParseResult result = read_document("{\"a\": " + large + "}", document);
        EXPECT_TRUE(is_number_too_large(result)) << large;
        EXPECT_EQ(result.Offset(), 6U) << large;
        EXPECT_TRUE(document.IsNull());
    }
}

TEST(JsonDocument, WhatIsNoJsonIsRefusedWithItsPlace) {
    for (const char* const text : {"", "{", "[1,]", "01", "1.", "-", "1e", "\"\\x\"", "[1] 2"}) {
        rapidjson::Document document;
        const rapidjson::ParseResult result = read_document(text, document);
        EXPECT_TRUE(result.IsError()) << text;
        EXPECT_FALSE(is_number_too_large(result)) << text;
    }
    rapidjson::Document document;
    EXPECT_EQ(read_document("[1,,]", document).Offset(), 3U);
    EXPECT_TRUE(read_document("\"\xFF\"", document));
    EXPECT_FALSE(read_document<rapidjson::kParseValidateEncodingFlag>("\"\xFF\"", document));
}

}  // namespace
}  // namespace gomodel::json
