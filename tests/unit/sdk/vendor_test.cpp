// What the support library promises to providers of the OpenAI dialect: a table of facts is enough
// for most of them, and answers in another dialect reach the client in OpenAI's.
#include "openai_compat/vendor.hpp"

#include <gtest/gtest.h>
#include <gomodel/testing/exchange.hpp>
#include <gomodel/testing/fake_host.hpp>

#include <string>

#include "openai_compat/embedding_list.hpp"

namespace openai_compat {
namespace {

using gomodel::testing::find_header;
using gomodel::testing::HeaderList;
using gomodel::testing::Operation;
using gomodel::testing::run_exchange;
using gomodel::testing::Transcript;

constexpr Vendor kPlain = {.id = "provider.plain", .summary = "", .schema = "{}", .can = 0};
constexpr Vendor kOther = {.id = "provider.other",
                           .summary = "",
                           .schema = "{}",
                           .can = 0,
                           .request_id_header = "X-Request-Id",
                           .key_header = "api-key",
                           .edit_chat = &edit_effort,
                           .stored_responses = true};

template <const Vendor& kVendor>
Transcript run(const Operation& op, const char* config) {
    const gomodel::testing::FakeHost host;
    VendorProvider<kVendor> provider(gomodel::Host(host.abi()), gomodel::Config(config));
    gomodel::Provider& base = provider;
    return run_exchange(gomodel::Provider::Abi::kTable, &base, op, {{200, {}, "answer"}});
}

constexpr const char* kConfig = R"({"base_url":"https://h/v1/","api_key":"k"})";

Operation chat(std::string body) {
    Operation op;
    op.model = "o3";
    op.body = std::move(body);
    return op;
}

TEST(Vendor, FactsThatAreNotGivenMeanARelay) {
    const auto sent = run<kPlain>(chat(R"({"reasoning":{"effort":"low"}})"), kConfig).sent.at(0);
    EXPECT_TRUE(sent.forwarded);
    EXPECT_EQ(sent.url, "https://h/v1/chat/completions");
    EXPECT_EQ(sent.headers,
              (HeaderList{{"Content-Type", "application/json"}, {"Authorization", "Bearer k"}}));
}

TEST(Vendor, FactsSayWhatDiffers) {
    const auto sent = run<kOther>(chat(R"({"reasoning":{"effort":"low"}})"), kConfig).sent.at(0);
    EXPECT_EQ(sent.body, R"({"reasoning_effort":"low"})");
    EXPECT_EQ(sent.headers, (HeaderList{{"Content-Type", "application/json"},
                                        {"api-key", "k"},
                                        {"X-Request-Id", "request-1"}}));
}

TEST(Vendor, WithoutAKeyNoneIsSent) {
    const char* const keyless = R"({"base_url":"https://h"})";
    EXPECT_EQ(find_header(run<kPlain>(chat("{}"), keyless).sent.at(0).headers, "Authorization"),
              nullptr);
    EXPECT_EQ(find_header(run<kOther>(chat("{}"), keyless).sent.at(0).headers, "api-key"), nullptr);
}

TEST(Vendor, StoredResponsesAreRefusedWhereThereAreNone) {
    Operation op;
    op.kind = GM_CAN_RESPONSES;
    op.action = "get";
    op.id = "resp_1";
    EXPECT_EQ(run<kPlain>(op, kConfig).status, GM_UNSUPPORTED);
    EXPECT_EQ(run<kOther>(op, kConfig).sent.at(0).url, "https://h/v1/responses/resp_1");
    op.action = op.id = "";
    EXPECT_EQ(run<kPlain>(op, kConfig).sent.at(0).url, "https://h/v1/responses");
}

TEST(ChatEdit, ThatKeepsReasoningMovesTheLimitOnly) {
    std::string out;
    EXPECT_TRUE(edit_keeping_reasoning(
        "openai/o3", R"({"max_tokens":1,"temperature":0,"reasoning":{"effort":"low","x":1}})",
        out));
    EXPECT_EQ(out, R"({"max_completion_tokens":1,"reasoning":{"effort":"low","x":1}})");
    EXPECT_FALSE(edit_keeping_reasoning("gpt-4o", R"({"max_tokens":1})", out));
    EXPECT_FALSE(edit_keeping_reasoning("o3", R"({"reasoning":{"effort":"low"}})", out));
}

TEST(ChatEdit, OfTheEffortLeavesTheRest) {
    std::string out;
    EXPECT_TRUE(edit_effort("any", R"({"max_tokens":1,"reasoning":{"effort":"low"}})", out));
    EXPECT_EQ(out, R"({"max_tokens":1,"reasoning_effort":"low"})");
    EXPECT_FALSE(edit_effort("any", R"({"reasoning":{"effort":""}})", out));
    const auto shout = [](std::string_view) -> std::string_view { return "LOUD"; };
    EXPECT_TRUE(lift_effort(R"({"reasoning":{"effort":"low"}})", shout, out));
    EXPECT_EQ(out, R"({"reasoning_effort":"LOUD"})");
}

// Counts the bytes of an answer, where there is one to read.
class Counting final : public Provider {
public:
    Counting() : Provider({.base_url = "https://h", .api_key = "k"}) {}

protected:
    Translation translation(const gomodel::Op&) const override {
        return [](std::string_view body, gomodel::Sink out) {
            out.write(GM_OUT_BODY, std::to_string(body.size()));
        };
    }
};

Transcript count(const char* content_type, std::uint32_t status = 200) {
    Counting provider;
    gomodel::Provider& base = provider;
    return run_exchange(gomodel::Provider::Abi::kTable, &base, chat("a request"),
                        {{status, {{"content-type", content_type}}, "answer"}});
}

TEST(Translation, TakesTheWholeOfAGoodAnswer) {
    EXPECT_EQ(count("application/json").body(), "6");
    EXPECT_EQ(count("TEXT/event-stream; charset=utf-8").relayed, "answer");
    EXPECT_EQ(count("application/json", 500).error.value().body, "answer");
}

std::string listed(const char* vectors, bool base64 = false, const char* tokens = "7") {
    return to_json({.model = "m", .vectors = vectors, .tokens = tokens, .base64 = base64});
}

TEST(EmbeddingList, IsOpenAis) {
    EXPECT_EQ(listed("[[1.50e0, -2],[3]]"),
              R"({"object":"list","data":[)"
              R"({"object":"embedding","index":0,"embedding":[1.50e0, -2]},)"
              R"({"object":"embedding","index":1,"embedding":[3]}],)"
              R"("model":"m","usage":{"prompt_tokens":7,"total_tokens":7}})");
    EXPECT_EQ(listed("[]", false, ""), R"({"object":"list","data":[],"model":"m",)"
                                       R"("usage":{"prompt_tokens":0,"total_tokens":0}})");
}

TEST(EmbeddingList, Base64IsOfLittleEndianFloats) {
    // 1.0 is 00 00 80 3f, -2.0 is 00 00 00 c0.
    EXPECT_NE(listed("[[1]]", true).find(R"("embedding":"AACAPw==")"), std::string::npos);
    EXPECT_NE(listed("[[1,-2]]", true).find(R"("embedding":"AACAPwAAAMA=")"), std::string::npos);
    EXPECT_NE(listed("[[1,-2,1]]", true).find(R"("AACAPwAAAMAAAIA/")"), std::string::npos);
}

TEST(EmbeddingList, WhatIsNoneIsRefused) {
    for (const char* const vectors : {"", "null", "{}", "[1]", "[[1,\"2\"]]", "[[1,]]", "[[1]"}) {
        EXPECT_THROW(listed(vectors), gomodel::Error) << vectors;
    }
}

TEST(EmbeddingList, Base64IsAskedFor) {
    EXPECT_TRUE(wants_base64(R"({"encoding_format":"base64"})"));
    EXPECT_FALSE(wants_base64(R"({"encoding_format":"float"})"));
    EXPECT_FALSE(wants_base64("{"));
}

TEST(Path, IsBelowAFolder) {
    for (const char* const path : {"files", "files/", "files/a/b", "files?x=/y", "files#f"}) {
        EXPECT_TRUE(is_below(path, "files")) << path;
    }
    for (const char* const path : {"", "file", "filesystem", "a/files", "?files"}) {
        EXPECT_FALSE(is_below(path, "files")) << path;
    }
}

}  // namespace
}  // namespace openai_compat
