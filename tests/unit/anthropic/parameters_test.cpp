// What becomes of the members of a chat request beside its messages, tools and thinking.
#include <gtest/gtest.h>

#include "json_compare.hpp"
#include "request.hpp"

namespace anthropic {
namespace {

TEST(Parameters, EachGoesWhereItBelongs) {
    const struct {
        const char* given;
        const char* member;
        const char* sent;
    } cases[] = {
        {"", "model", R"("claude-sonnet-4-5")"},
        {"", "max_tokens", "4096"},
        {R"("max_tokens":7)", "max_tokens", "7"},
        {R"("max_tokens":7,"max_completion_tokens":9)", "max_tokens", "9"},
        {R"("max_tokens":7,"max_completion_tokens":null)", "max_tokens", "7"},
        {R"("max_tokens":null)", "max_tokens", "4096"},
        {R"("temperature":0.70)", "temperature", "0.70"},
        {R"("temperature":null)", "temperature", ""},
        {R"("top_p":0.5)", "top_p", "0.5"},
        {R"("top_p":0.5,"temperature":1)", "top_p", ""},
        {R"("top_k":5)", "top_k", "5"},
        {R"("stop":"END")", "stop_sequences", R"(["END"])"},
        {R"("stop":["a","\n"])", "stop_sequences", R"(["a","\n"])"},
        {R"("stop":[])", "stop_sequences", ""},
        {R"("stop":null)", "stop_sequences", ""},
        {R"("user":"u-1")", "metadata", R"({"user_id":"u-1"})"},
        {R"("user":"u-1","metadata":{"user_id":"u-2","x":"y"})", "metadata",
         R"({"user_id":"u-2"})"},
        {R"("metadata":{"team":"x"})", "metadata", ""},
        {R"("service_tier":"auto")", "service_tier", R"("auto")"},
        {R"("service_tier":"default")", "service_tier", R"("standard_only")"},
        {R"("service_tier":"flex")", "service_tier", ""},
        {R"("cache_control":{"type":"ephemeral"})", "cache_control", R"({"type":"ephemeral"})"},
        {R"("output_config":{"effort":"low"})", "output_config", R"({"effort":"low"})"},
        {R"("response_format":{"type":"text"})", "output_config", ""},
        {R"("response_format":{"type":"text"})", "system", ""},
        {R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"a":1.0}}})",
         "output_config", R"({"format":{"type":"json_schema","schema":{"a":1.0}}})"},
        {R"("n":2)", "n", ""},
        {R"("seed":2)", "seed", ""},
        {R"("frequency_penalty":2)", "frequency_penalty", ""},
        {R"("stream_options":{"include_usage":true})", "stream_options", ""},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(sent(each.member, each.given), each.sent) << each.given;
    }
}

TEST(Parameters, OlderModelsTakeTemperatureAndTopPTogether) {
    const char* const both = R"("temperature":1,"top_p":0.5)";
    EXPECT_EQ(sent("top_p", both, "claude-3-5-haiku-20241022"), "0.5");
    EXPECT_EQ(sent("top_p", both, "claude-opus-4-1-20250805"), "");
}

TEST(Parameters, TheNewestModelsTakeNoSampling) {
    for (const char* const member : {"temperature", "top_p", "top_k"}) {
        const std::string given = "\"" + std::string(member) + "\":1";
        EXPECT_EQ(sent(member, given, "claude-opus-4-7"), "") << member;
        EXPECT_EQ(sent(member, given, "claude-opus-4-6"), "1") << member;
    }
}

TEST(Parameters, AJsonObjectIsAskedForInWords) {
    const std::string system = sent("system", R"("response_format":{"type":"json_object"})");
    EXPECT_NE(system.find("JSON object"), std::string::npos);
}

TEST(Parameters, TheDefaultLimitIsTheInstances) {
    RequestLimits limits;
    limits.default_max_tokens = 123;
    const std::string body = translate(kHello, "claude-sonnet-4-5", limits);
    EXPECT_NE(body.find(R"("max_tokens":123)"), std::string::npos) << body;
}

TEST(Parameters, AStreamIsAskedForAndUsageRemembered) {
    const std::string hello = std::string(kHello);
    const ChatRequest plain = translate_request("claude-sonnet-4-5", "{" + hello + "}", true, {});
    EXPECT_NE(plain.body.find(R"("stream":true)"), std::string::npos);
    EXPECT_FALSE(plain.include_usage);
    const ChatRequest asked =
        translate_request("claude-sonnet-4-5",
                          R"({"stream_options":{"include_usage":true},)" + hello + "}", true, {});
    EXPECT_TRUE(asked.include_usage);
}

TEST(Parameters, WhatWillNotDoIsNamed) {
    const struct {
        const char* given;
        const char* begins;
    } cases[] = {
        {R"("max_tokens":1.5)", "max_tokens: "},
        {R"("max_completion_tokens":"9")", "max_completion_tokens: "},
        {R"("stop":7)", "stop: "},
        {R"("stop":["a",7])", "stop: "},
        {R"("thinking":true)", "thinking: "},
        {R"("reasoning_effort":3)", "reasoning_effort: "},
        {R"("reasoning":{"effort":3})", "reasoning.effort: "},
        {R"("cache_control":"yes")", "cache_control: "},
        {R"("response_format":{"type":"grammar"})", "response_format.type: "},
        {R"("response_format":{"type":"json_schema"})", "response_format.json_schema.schema: "},
    };
    for (const auto& each : cases) {
        const std::string told = refusal(std::string(each.given) + "," + std::string(kHello));
        EXPECT_EQ(told.rfind(each.begins, 0), 0u) << each.given << ": " << told;
    }
    EXPECT_EQ(refusal(kHello), "");
}

TEST(Parameters, ABodyThatIsNoObjectIsRefused) {
    for (const char* const body : {"", "[]", "{", "null", "{}x"}) {
        EXPECT_THROW(translate_request("m", body, false, {}), gomodel::Error) << body;
    }
    EXPECT_EQ(refusal(""), "messages: must be an array");
}

}  // namespace
}  // namespace anthropic
