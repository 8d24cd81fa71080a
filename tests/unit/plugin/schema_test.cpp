#include "plugin/schema.hpp"

#include <gtest/gtest.h>

namespace gomodel::plugin {
namespace {

constexpr std::string_view kSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["api_key"],
  "properties": {
    "api_key": {"type": "string", "minLength": 8, "x-secret": true, "description": "The key."},
    "base_url": {"type": "string", "default": "https://api.example/v1", "pattern": "^https?://"},
    "retries": {"type": "integer", "minimum": 0, "default": 3},
    "redis": {"type": "object", "additionalProperties": false,
              "properties": {"ttl": {"type": "integer", "default": 60}}}
  }})";

std::string problem(std::string_view config) {
    const CheckedConfig checked = check_config(kSchema, config);
    std::string all;
    for (const SchemaProblem& found : checked.problems) {
        all += (found.fatal ? "E " : "W ") + found.path + ": " + found.message + "\n";
    }
    return all;
}

TEST(Schema, FillsDefaultsAlsoInNestedObjects) {
    const CheckedConfig checked = check_config(kSchema, R"({"api_key":"12345678","redis":{}})");
    ASSERT_TRUE(checked.ok());
    EXPECT_EQ(checked.json,
              R"({"api_key":"12345678","redis":{"ttl":60},"base_url":"https://api.example/v1",)"
              R"("retries":3})");
}

TEST(Schema, APluginGetsTheNumberThatWasWritten) {
    const CheckedConfig checked =
        check_config(R"({"type":"object"})", R"({"ratio":0.922337203685477922337203685477})");
    EXPECT_EQ(checked.json, R"({"ratio":0.9223372036854779})");
}

TEST(Schema, ANumberThatIsTooLargeIsNamed) {
    EXPECT_EQ(problem(R"({"api_key":"12345678","retries":1234567890123456e300})"),
              "E retries: the number is too large\n");
    EXPECT_EQ(problem(R"({"api_key":"12345678","r\u0065dis":{"x":[1,[]],"y":[{}, 2, [0,1e999]]}})"),
              "E redis.y.2.1: the number is too large\n");
    EXPECT_EQ(problem("1e999"), "E : the number is too large\n");
    EXPECT_EQ(problem(R"({"a":1e999,})"), "E : the configuration is not a JSON object\n");
}

TEST(Schema, ANumberThatIsTooSmallIsZero) {
    for (const std::string& tiny :
         {std::string("0.00000000001e-2147483639"), "0." + std::string(500, '0') + "1e-300"}) {
        const CheckedConfig checked =
            check_config(R"({"type":"object"})", "{\"ratio\":" + tiny + "}");
        EXPECT_EQ(checked.json, R"({"ratio":0.0})");
    }
}

TEST(Schema, UnknownMemberIsAWarningThatNamesTheNearest) {
    const CheckedConfig checked =
        check_config(kSchema, R"({"api_key":"12345678","base_ulr":"x","redis":{"tll":1}})");
    EXPECT_TRUE(checked.ok());
    EXPECT_EQ(checked.json.find("base_ulr"), std::string::npos);
    EXPECT_EQ(problem(R"({"api_key":"12345678","base_ulr":"x","redis":{"tll":1}})"),
              "W base_ulr: unknown setting, ignored; did you mean \"base_url\"?\n"
              "W redis.tll: unknown setting, ignored; did you mean \"ttl\"?\n");
}

TEST(Schema, EveryViolationNamesItsMember) {
    EXPECT_EQ(problem("{}"), "E api_key: is required\n");
    const std::string all =
        problem(R"({"api_key":"12345678","base_url":"ftp://x","retries":"3","redis":{"ttl":"x"}})");
    for (const char* path : {"E base_url: ", "E retries: ", "E redis.ttl: "}) {
        EXPECT_NE(all.find(path), std::string::npos) << all;
    }
}

TEST(Schema, SecretNeverAppearsInAMessage) {
    EXPECT_EQ(problem(R"({"api_key":"hunter2"})").find("hunter2"), std::string::npos);
    EXPECT_NE(problem(R"({"api_key":"hunter2"})"), "");
}

TEST(Schema, ConfigurationThatIsNotUtf8IsRefused) {
    EXPECT_FALSE(check_config(kSchema, "{\"api_key\":\"12345678\xff\"}").ok());
}

TEST(Schema, FactsSayWhatDiscoveryNeeds) {
    const base::Result<SchemaFacts> facts = read_schema(kSchema);
    ASSERT_TRUE(facts.ok());
    EXPECT_TRUE(facts->find("api_key")->required);
    EXPECT_TRUE(facts->find("api_key")->secret);
    EXPECT_EQ(facts->find("base_url")->default_value, "\"https://api.example/v1\"");
    EXPECT_EQ(facts->find("nothing"), nullptr);
    EXPECT_FALSE(read_schema("[]").ok());
    EXPECT_FALSE(read_schema("{").ok());
}

TEST(ReadSchema, SaysHowAProviderCounts) {
    const auto facts = read_schema(R"({"properties":{},"x-usage":{
        "thoughts":{"price":"reasoning_output_per_mtok","counts":"inside"},
        "images":{"price":"input_per_image","counts":"each"}}})");
    ASSERT_TRUE(facts.ok());
    ASSERT_NE(facts->usage, nullptr);
    ASSERT_EQ(facts->usage->size(), 2u);
    EXPECT_EQ((*facts->usage)[0].name, "thoughts");
    EXPECT_EQ((*facts->usage)[0].price, "reasoning_output_per_mtok");
    EXPECT_EQ((*facts->usage)[1].charge, UsageCharge::kEach);
    EXPECT_EQ(read_schema(R"({"properties":{}})")->usage, nullptr);
    for (const char* wrong :
         {"1", R"({"a":"cached"})", R"({"a":{"price":"x"}})",
          R"({"a":{"price":"x","counts":"twice"}})", R"({"a":{"price":1,"counts":"each"}})"}) {
        const auto refused =
            read_schema(R"({"properties":{},"x-usage":)" + std::string(wrong) + "}");
        ASSERT_FALSE(refused.ok()) << wrong;
        EXPECT_NE(refused.error().message.find("x-usage"), std::string::npos);
    }
}

}  // namespace
}  // namespace gomodel::plugin
