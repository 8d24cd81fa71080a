#include <gtest/gtest.h>

#include "dialect/api_error.hpp"
#include "dialect/member_scanner.hpp"
#include "dialect/usage.hpp"

namespace gomodel::dialect {
namespace {

constexpr std::string_view kAnswer =
    " {\"id\":\"x\",\"nested\":{\"usage\":{\"no\":1},\"a\":[\"}\",\"\\\\\",\"\\\"{\"]},"
    "\"us\\\\\":1,\"usage\" : {\"prompt_tokens\":1,\"d\":{\"x\":[1,2]}} "
    ",\"model\":\"m\\\"\\\\\"}\r\n";

TEST(MemberScanner, KeepsTopLevelMembersHoweverTheTextIsCut) {
    for (std::size_t cut = 0; cut <= kAnswer.size(); ++cut) {
        MemberScanner scanner({"usage", "model"});
        scanner.feed(kAnswer.substr(0, cut));
        scanner.feed(kAnswer.substr(cut));
        ASSERT_TRUE(scanner.whole_object()) << cut;
        ASSERT_EQ(scanner.value(0), "{\"prompt_tokens\":1,\"d\":{\"x\":[1,2]}}") << cut;
        ASSERT_EQ(scanner.value(1), "\"m\\\"\\\\\"") << cut;
    }
    MemberScanner bytewise({"usage", "model"});
    for (std::size_t at = 0; at < kAnswer.size(); ++at)
        bytewise.feed(kAnswer.substr(at, 1));
    EXPECT_TRUE(bytewise.whole_object());
    EXPECT_EQ(bytewise.value(1), "\"m\\\"\\\\\"");
}

TEST(MemberScanner, TellsWholeObjectsFromOtherTexts) {
    const auto whole = [](std::string_view text) {
        MemberScanner scanner({"usage", "model"});
        scanner.feed(text);
        return scanner.whole_object();
    };
    EXPECT_TRUE(whole("{}"));
    EXPECT_TRUE(whole("{\"a\":\"}\"} \n"));
    for (const char* text :
         {"", "  ", "{", "{\"a\":1", "{}x", "{}{}", "[]", "<html>", "null", "{\"a\":\"}", "{]"}) {
        EXPECT_FALSE(whole(text)) << text;
    }
}

TEST(MemberScanner, KeepsMembersOfInnerObjectsHoweverTheTextIsCut) {
    constexpr std::string_view kEvent =
        "{\"usage\":1,\"list\":[\"usage\",2,{\"usage\":3}],\"response\":{\"output\":[{\"usage\":4}]"
        ","
        "\"usage\": {\"output_tokens\":5,\"usage\":6},\"model\":\"m\"},\"model\":\"n\"}";
    for (std::size_t cut = 0; cut <= kEvent.size(); ++cut) {
        MemberScanner scanner({"usage", "model"}, 2);
        scanner.feed(kEvent.substr(0, cut));
        scanner.feed(kEvent.substr(cut));
        ASSERT_TRUE(scanner.whole_object()) << cut;
        ASSERT_EQ(scanner.value(0), "{\"output_tokens\":5,\"usage\":6}") << cut;
        ASSERT_EQ(scanner.value(1), "\"m\"") << cut;
    }
}

TEST(MemberScanner, LongValueIsNotKept) {
    MemberScanner scanner({"usage", "model"});
    scanner.feed("{\"usage\":\"" + std::string(100000, 'x') + "\"}");
    EXPECT_TRUE(scanner.whole_object());
    EXPECT_EQ(scanner.value(0), "");
}

TEST(Usage, UnderstandsBothVocabularies) {
    const TokenUsage chat = read_usage(
        R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,)"
        R"("prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":null})");
    EXPECT_TRUE(chat.present);
    EXPECT_EQ(chat.prompt, 10);
    EXPECT_EQ(chat.cached, 8);
    const TokenUsage responses = read_usage(
        R"({"input_tokens":2,"output_tokens":3.0,"output_tokens_details":{"reasoning_tokens":1}})");
    EXPECT_EQ(responses.completion, 3);
    EXPECT_EQ(responses.total, 5);
    EXPECT_EQ(responses.reasoning, 1);
    EXPECT_FALSE(read_usage("[]").present);
    EXPECT_FALSE(read_usage("{").present);
}

TEST(Usage, WhatIsNoCountOfTokensIsNone) {
    const TokenUsage whole =
        read_usage(R"({"prompt_tokens":12.0,"completion_tokens":1e300,"total_tokens":-5,)"
                   R"("prompt_tokens_details":{"cached_tokens":18446744073709551615}})");
    EXPECT_TRUE(whole.present);
    EXPECT_EQ(whole.prompt, 12);
    EXPECT_EQ(whole.completion, 0);
    EXPECT_EQ(whole.total, 12);
    EXPECT_EQ(whole.cached, 0);
    const TokenUsage huge = read_usage(
        R"({"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807})");
    EXPECT_EQ(huge.total, 0);
}

TEST(ApiError, ReadsEveryUsualShapeOfAnUpstreamsError) {
    const ApiError object =
        from_upstream(422, R"({"error":{"message":"bad","type":"x","param":"model","code":17}})");
    EXPECT_EQ(object.status, 422);
    EXPECT_EQ(object.type, "invalid_request_error");
    EXPECT_EQ(object.message, "bad");
    EXPECT_EQ(object.param, "model");
    EXPECT_EQ(object.code, "17");
    // xAI, Oracle and older vLLM servers put the code beside the message; Google sends a list.
    const ApiError xai = from_upstream(400, R"({"code":"invalid-argument","error":"no key"})");
    EXPECT_EQ(xai.message, "no key");
    EXPECT_EQ(xai.code, "invalid-argument");
    const ApiError vllm = from_upstream(
        404,
        R"({"object":"error","message":"no model","type":"NotFoundError","param":"model","code":404})");
    EXPECT_EQ(vllm.message, "no model");
    EXPECT_EQ(vllm.param, "model");
    EXPECT_EQ(vllm.code, "404");
    const ApiError google = from_upstream(
        400, R"([{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}])");
    EXPECT_EQ(google.message, "bad");
    EXPECT_EQ(google.code, "400");
    EXPECT_EQ(from_upstream(400, "[]").message, "[]");
    const ApiError tiny =
        from_upstream(400, R"({"error":{"message":"bad","code":0.00000000001e-2147483639}})");
    EXPECT_EQ(tiny.message, "bad");
    EXPECT_EQ(tiny.code, "0.0");

    EXPECT_EQ(from_upstream(400, R"({"error":"plain"})").message, "plain");
    EXPECT_EQ(from_upstream(400, R"({"message":"top"})").message, "top");
    EXPECT_EQ(from_upstream(400, R"({"detail":"fastapi"})").message, "fastapi");
    EXPECT_EQ(from_upstream(500, "<html>oops</html>").message, "<html>oops</html>");
    EXPECT_NE(from_upstream(500, "").message, "");
    EXPECT_EQ(from_upstream(502, std::string(100000, 'x')).message.size(), 4096u + 3);
}

TEST(ApiError, UnwrapsOpenRouter) {
    EXPECT_EQ(from_upstream(400, R"({"error":{"message":"Provider returned error",)"
                                 R"("metadata":{"raw":"the real reason"}}})")
                  .message,
              "the real reason");
    EXPECT_EQ(from_upstream(400, R"({"error":{"message":"own","metadata":{"raw":"raw"}}})").message,
              "own");
}

TEST(ApiError, StatusDecidesTheType) {
    const std::pair<int, const char*> cases[] = {
        {400, "invalid_request_error"}, {401, "authentication_error"},
        {403, "authentication_error"},  {404, "not_found_error"},
        {409, "invalid_request_error"}, {429, "rate_limit_error"},
        {500, "provider_error"},        {529, "provider_error"}};
    for (const auto& [status, type] : cases) {
        EXPECT_EQ(from_upstream(status, "{}").type, type) << status;
        EXPECT_EQ(from_upstream(status, "{}").status, status);
    }
    EXPECT_EQ(from_upstream(302, "{}").status, 502);
    EXPECT_EQ(from_upstream(401, "{}").code, "upstream_authentication_error");
}

TEST(ApiError, EnvelopeHasAllFourMembers) {
    EXPECT_EQ(to_json(invalid_request("a \"b\" \xff")),
              "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"a \\\"b\\\" "
              "\xEF\xBF\xBD\",\"param\":null,\"code\":null}}");
}

}  // namespace
}  // namespace gomodel::dialect
