#include "gateway/passthrough_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

using testing::ElementsAre;

std::string endpoint(std::string_view path, bool v1 = true) {
    const auto found = passthrough_endpoint(path, v1);
    if (const auto* error = std::get_if<dialect::ApiError>(&found)) {
        EXPECT_EQ(error->status, 400);
        EXPECT_EQ(error->type, "invalid_request_error");
        return "refused: " + error->message;
    }
    return std::get<std::string>(found);
}

std::vector<std::string> names(const net::HeaderFields& fields) {
    std::vector<std::string> names;
    for (const net::HeaderField& field : fields)
        names.emplace_back(field.name);
    return names;
}

TEST(PassthroughEndpoint, KeepsTheEscapedPathAndDropsOneV1) {
    EXPECT_EQ(endpoint("/chat/completions"), "chat/completions");
    EXPECT_EQ(endpoint("/v1/chat/completions"), "chat/completions");
    EXPECT_EQ(endpoint("//v1//files"), "files");
    EXPECT_EQ(endpoint("/v1/v1/x"), "v1/x");
    EXPECT_EQ(endpoint("/v1beta/models/g:generateContent"), "v1beta/models/g:generateContent");
    EXPECT_EQ(endpoint("/files/a%2Fb%20c/"), "files/a%2Fb%20c/");
    EXPECT_EQ(endpoint("/a/..b/.c/d.."), "a/..b/.c/d..");
}

TEST(PassthroughEndpoint, RefusesWhatIsMissingUnwantedOrLeavesTheBaseUrl) {
    const std::string required = "refused: provider passthrough endpoint is required";
    for (const char* const path : {"", "/", "/v1", "/v1/", "/v1//"})
        EXPECT_EQ(endpoint(path), required) << path;
    const std::string disabled =
        "refused: provider passthrough v1 alias is disabled; use /p/{provider}/... without the v1 "
        "prefix";
    EXPECT_EQ(endpoint("/v1/models", false), disabled);
    EXPECT_EQ(endpoint("/v1", false), disabled);
    EXPECT_EQ(endpoint("/v1beta/models", false), "v1beta/models");
    for (const char* const path : {"/..", "/a/../../b", "/./a", "/a/%2e%2E/b", "/a/.%2e",
                                   "/a%2F..%2Fb", "/a\\..\\b", "/v1/..", "/a%5c..", "/a/."}) {
        EXPECT_EQ(endpoint(path),
                  "refused: provider passthrough endpoint must not have . or .. as a segment")
            << path;
    }
}

TEST(PassthroughHeaders, OfARequestCarryNoCredentialAndNothingOfTheConnection) {
    const net::HeaderFields client = {
        {"Host", "h"},
        {"Authorization", "Bearer x"},
        {"X-API-Key", "x"},
        {"Api-Key", "x"},
        {"x-goog-api-key", "x"},
        {"Content-Length", "1"},
        {"Connection", "keep-alive, X-Hop ,x-other"},
        {"X-Hop", "1"},
        {"X-OTHER", "1"},
        {"Keep-Alive", "1"},
        {"Proxy-Authenticate", "1"},
        {"Proxy-Authorization", "1"},
        {"TE", "trailers"},
        {"Trailer", "x"},
        {"Transfer-Encoding", "chunked"},
        {"Upgrade", "h2c"},
        {"Cookie", "c"},
        {"Set-Cookie", "c"},
        {"Forwarded", "for=1"},
        {"X-Forwarded-For", "1"},
        {"x-forwarded-whatever", "1"},
        {"X-Real-IP", "1"},
        {"Accept-Encoding", "gzip"},
        {"Expect", "100-continue"},
        {"X-GoModel-User-Path", "/a"},
        {"Content-Type", "application/json"},
        {"anthropic-version", "2024"},
        {"Accept", "*/*"},
        {"User-Agent", "sdk"},
        {"Idempotency-Key", "k"},
    };
    const net::HeaderFields kept = passthrough_request_fields(client, "generated");
    EXPECT_THAT(names(kept), ElementsAre("Content-Type", "anthropic-version", "Accept",
                                         "User-Agent", "Idempotency-Key", "X-Request-ID"));
    EXPECT_EQ(kept.back().value, "generated");
}

TEST(PassthroughHeaders, KeepTheClientsRequestId) {
    const net::HeaderFields kept = passthrough_request_fields({{"x-request-id", "mine"}}, "other");
    EXPECT_THAT(names(kept), ElementsAre("x-request-id"));
    EXPECT_EQ(kept.front().value, "mine");
}

TEST(PassthroughHeaders, OfAnAnswerCarryNothingOfItsConnection) {
    const net::HeaderFields upstream = {
        {"Content-Type", "text/plain"},
        {"Content-Length", "3"},
        {"Connection", "close, X-Hop"},
        {"X-Hop", "1"},
        {"Set-Cookie", "session"},
        {"Date", "yesterday"},
        {"Transfer-Encoding", "x"},
        {"X-Request-Id", "theirs"},
        {"ETag", "e"},
        {"Content-Encoding", "br"},
        {"X-Forwarded-Host", "h"},
        {"openai-processing-ms", "7"},
    };
    EXPECT_THAT(names(passthrough_response_fields(upstream)),
                ElementsAre("Content-Type", "X-Request-Id", "ETag", "Content-Encoding",
                            "openai-processing-ms"));
}

TEST(PassthroughNotEnabled, NamesWhatIs) {
    EXPECT_EQ(passthrough_not_enabled("groq", {"zai", "openai"}).message,
              "provider passthrough for \"groq\" is not enabled; currently enabled providers: "
              "openai, zai");
    EXPECT_EQ(passthrough_not_enabled("groq", {}).message,
              "provider passthrough is not enabled for any providers");
}

TEST(PassthroughLabel, NamesKnownOperationsByTheirPath) {
    const PassthroughLabel messages = passthrough_label("anthropic", "messages");
    EXPECT_EQ(messages.operation, "anthropic.messages");
    EXPECT_EQ(messages.audit_path, "/v1/messages");
    EXPECT_EQ(messages.endpoint, "/messages");
    EXPECT_EQ(passthrough_label("vllm", "completions").operation, "vllm.completions");
    EXPECT_EQ(passthrough_label("a", "messages/batches").audit_path, "/v1/messages/batches");
    EXPECT_EQ(passthrough_label("openai", "files/f-1").operation, "");
    EXPECT_EQ(passthrough_label("openai", "chat/completions/").endpoint, "");
}

TEST(ModelOfPath, IsWhatStandsBeforeTheColon) {
    EXPECT_EQ(model_of_path("v1beta/models/gemini-2:generateContent"), "gemini-2");
    EXPECT_EQ(model_of_path("models/g:countTokens"), "g");
    EXPECT_EQ(model_of_path("v1beta/models/gemini-2"), "");
    EXPECT_EQ(model_of_path("v1beta/mymodels/g:x"), "");
    EXPECT_EQ(model_of_path("v1beta/models/a/b:x"), "");
    EXPECT_EQ(model_of_path("v1beta/cachedContents:x"), "");
}

}  // namespace
}  // namespace gomodel::gateway
