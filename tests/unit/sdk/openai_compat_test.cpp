#include "openai_compat/provider.hpp"

#include <gtest/gtest.h>
#include <gomodel/testing/exchange.hpp>

#include <string>
#include <vector>

#include "openai_compat/body_edit.hpp"
#include "openai_compat/endpoint.hpp"
#include "openai_compat/reasoning.hpp"

namespace openai_compat {
namespace {

using gomodel::testing::ExchangeDriver;
using gomodel::testing::find_header;
using gomodel::testing::HeaderList;
using gomodel::testing::Operation;
using gomodel::testing::run_exchange;
using gomodel::testing::Transcript;

// What is sent for a body to a reasoning model; the body itself when it is forwarded.
std::string adapted(std::string_view body) {
    std::string out;
    return adapt_to_reasoning(body, out) ? out : std::string(body);
}

TEST(ReasoningModel, IsToldByItsId) {
    for (const char* const model :
         {"o1", "o3-mini", "O4-mini", "gpt-5", "GPT-5", "gpt-5-mini", "gpt-5.1",
          "gpt-5-chat-latest", "openai/o3", "x/openai/gpt-5.5"}) {
        EXPECT_TRUE(is_reasoning_model(model)) << model;
    }
    for (const char* const model : {"", "o", "omni-1", "gpt-4o", "gpt-50", "gpt-5o", "o/gpt-4o",
                                    "gpt-4.1", "chat-o1", "o3/llama", "/"}) {
        EXPECT_FALSE(is_reasoning_model(model)) << model;
    }
}

struct Edit {
    const char* name;
    const char* before;
    const char* after;
};

class AdaptToReasoning : public ::testing::TestWithParam<Edit> {};

TEST_P(AdaptToReasoning, ChangesTheseBytesAndNoOthers) {
    EXPECT_EQ(adapted(GetParam().before), GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, AdaptToReasoning,
    ::testing::Values(
        Edit{"Nothing", R"({"model" : "o3","x":1.50e+2})", R"({"model" : "o3","x":1.50e+2})"},
        Edit{"Limit", R"({"max_tokens": 10, "x":[ ]})",
             R"({"max_completion_tokens": 10, "x":[ ]})"},
        Edit{"LimitTwice", R"({"max_completion_tokens":5,"x":1,"max_tokens":10})",
             R"({"x":1,"max_completion_tokens":10})"},
        Edit{"LimitTwiceOtherOrder", R"({"max_tokens":10,"max_completion_tokens":5})",
             R"({"max_completion_tokens":10})"},
        Edit{"NullLimit", R"({"max_tokens":null,"max_completion_tokens":5})",
             R"({"max_completion_tokens":5})"},
        Edit{"OnlyNullLimit", R"({"max_tokens":null})", R"({"max_completion_tokens":null})"},
        Edit{"DuplicateLimit", R"({"max_tokens":1,"x":2,"max_tokens":3})",
             R"({"x":2,"max_completion_tokens":3})"},
        Edit{"TemperatureFirst", R"({ "temperature":0.7 , "x":1})", R"({ "x":1})"},
        Edit{"TemperatureLast", R"({"x":1 , "temperature":0.7 })", R"({"x":1 })"},
        Edit{"TemperatureMiddle", R"({"x":1,"temperature":0.7, "y":2})", R"({"x":1, "y":2})"},
        Edit{"TemperatureOnly", R"({"temperature":0})", R"({})"},
        Edit{"TemperatureTwice", R"({"temperature":0,"x":1,"temperature":1})", R"({"x":1})"},
        Edit{"TwoAtTheFront", R"({"temperature":0,"temperature":1,"x":1})", R"({"x":1})"},
        Edit{"EscapedName", R"({"x":1,"temper\u0061ture":0})", R"({"x":1})"},
        Edit{"Effort", R"({"reasoning":{"effort":"high","summary":"auto"},"x":1})",
             R"({"reasoning_effort":"high","x":1})"},
        Edit{"EffortTwice", R"({"reasoning":{"effort":"high"},"reasoning_effort":"low"})",
             R"({"reasoning_effort":"low"})"},
        Edit{"NoEffort", R"({"reasoning":{"summary":"auto"}})",
             R"({"reasoning":{"summary":"auto"}})"},
        Edit{"NullEffort", R"({"reasoning":{"effort":null}})", R"({"reasoning":{"effort":null}})"},
        Edit{"EmptyEffort", R"({"reasoning":{"effort":""}})", R"({"reasoning":{"effort":""}})"},
        Edit{"ReasoningText", R"({"reasoning":"high"})", R"({"reasoning":"high"})"},
        Edit{"All",
             "{\"messages\":[{\"role\":\"user\",\"content\":\"max_tokens temperature\"}],\n"
             " \"temperature\":1,\n \"max_tokens\":7,\n \"reasoning\":{\"effort\":\"low\"}\n}",
             "{\"messages\":[{\"role\":\"user\",\"content\":\"max_tokens temperature\"}],\n"
             " \"max_completion_tokens\":7,\n \"reasoning_effort\":\"low\"\n}"},
        Edit{"NestedOnly", R"({"x":{"temperature":1}})", R"({"x":{"temperature":1}})"},
        Edit{"Malformed", R"({"temperature":1,)", R"({"temperature":1,)"},
        Edit{"NoObject", R"([{"temperature":1}])", R"([{"temperature":1}])"}),
    [](const auto& each) { return each.param.name; });

TEST(BodyEdit, WhatIsRemovedIsGoneForLaterEdits) {
    BodyEdit edit(R"({"a":1,"b":2})");
    EXPECT_FALSE(edit.changed());
    edit.remove("a");
    EXPECT_FALSE(edit.has("a"));
    edit.rename("a", "c");
    edit.replace("b", "b", "[true]");
    EXPECT_TRUE(edit.changed());
    EXPECT_EQ(edit.text(), R"({"b":[true]})");
}

Provider upstream(std::string base_url = "https://h/v1") {
    return Provider({std::move(base_url), "key", "X-Client-Request-Id"});
}

Operation operation(std::uint32_t kind, std::string body = {}) {
    Operation op;
    op.kind = kind;
    op.body = std::move(body);
    return op;
}

Transcript run(Provider& provider, const Operation& op, std::uint32_t status = 200) {
    return run_exchange(gomodel::Provider::Abi::kTable, &provider, op, {{status, {}, "answer"}});
}

// "METHOD url" of the one request sent, or the status it was refused with.
std::string target(const Operation& op, std::string base_url = "https://h/v1") {
    Provider provider = upstream(std::move(base_url));
    const Transcript seen = run(provider, op);
    if (seen.sent.size() != 1) return "status " + std::to_string(seen.status);
    return seen.sent[0].method + " " + seen.sent[0].url;
}

TEST(OpenAiCompat, OperationsHaveTheirPlaces) {
    const auto on = [](std::uint32_t kind, const char* action, const char* id, const char* query) {
        Operation op = operation(kind);
        op.action = action;
        op.id = id;
        op.query = query;
        return target(op);
    };
    EXPECT_EQ(on(GM_CAN_CHAT, "", "", ""), "POST https://h/v1/chat/completions");
    EXPECT_EQ(on(GM_CAN_RESPONSES, "", "", ""), "POST https://h/v1/responses");
    EXPECT_EQ(on(GM_CAN_RESPONSES, "get", "resp/1 é", "include[]=x"),
              "GET https://h/v1/responses/resp%2F1%20%C3%A9?include[]=x");
    EXPECT_EQ(on(GM_CAN_RESPONSES, "input_items", "r", "limit=2"),
              "GET https://h/v1/responses/r/input_items?limit=2");
    EXPECT_EQ(on(GM_CAN_RESPONSES, "cancel", "r", ""), "POST https://h/v1/responses/r/cancel");
    EXPECT_EQ(on(GM_CAN_RESPONSES, "delete", "r", ""), "DELETE https://h/v1/responses/r");
    EXPECT_EQ(on(GM_CAN_RESPONSES, "compact", "", ""), "POST https://h/v1/responses/compact");
    EXPECT_EQ(on(GM_CAN_EMBED, "", "", ""), "POST https://h/v1/embeddings");
    EXPECT_EQ(on(GM_CAN_LIST_MODELS, "", "", ""), "GET https://h/v1/models");
    EXPECT_EQ(on(GM_CAN_FILES, "list", "", "purpose=batch&limit=3"),
              "GET https://h/v1/files?purpose=batch&limit=3");
    EXPECT_EQ(on(GM_CAN_FILES, "content", "f", ""), "GET https://h/v1/files/f/content");
    EXPECT_EQ(on(GM_CAN_BATCHES, "cancel", "b", ""), "POST https://h/v1/batches/b/cancel");
}

TEST(OpenAiCompat, WhatHasNoPlaceIsRefused) {
    Operation op = operation(GM_CAN_CHAT);
    op.action = "delete";
    EXPECT_EQ(target(op), "status " + std::to_string(GM_UNSUPPORTED));
    EXPECT_EQ(target(operation(GM_CAN_MESSAGES)), "status " + std::to_string(GM_UNSUPPORTED));
    op = operation(GM_CAN_FILES);
    op.action = "get";
    EXPECT_EQ(target(op), "status " + std::to_string(GM_INVALID));
}

TEST(OpenAiCompat, ASlashAfterTheBaseUrlIsDropped) {
    EXPECT_EQ(target(operation(GM_CAN_CHAT), "https://h/v1//"),
              "POST https://h/v1/chat/completions");
}

TEST(OpenAiCompat, BodiesAreForwardedUntouched) {
    Provider provider = upstream();
    Operation op = operation(GM_CAN_CHAT, R"({ "temperature":1 })");
    op.model = "gpt-4o";
    EXPECT_TRUE(run(provider, op).sent.at(0).forwarded);
    op.model = "o3";
    const auto edited = run(provider, op).sent.at(0);
    EXPECT_FALSE(edited.forwarded);
    EXPECT_EQ(edited.body, "{  }");
    // Only chat has those fields.
    op.kind = GM_CAN_RESPONSES;
    EXPECT_TRUE(run(provider, op).sent.at(0).forwarded);
}

TEST(OpenAiCompat, TypedOperationsSendTheirOwnHeadersAndTwoOfTheClients) {
    Provider provider = upstream();
    Operation op = operation(GM_CAN_CHAT, "{}");
    op.headers = {{"openai-beta", "a=b"}, {"User-Agent", "x"}, {"Idempotency-Key", "k"}};
    EXPECT_EQ(run(provider, op).sent.at(0).headers,
              (HeaderList{{"Content-Type", "application/json"},
                          {"Authorization", "Bearer key"},
                          {"X-Client-Request-Id", "request-1"},
                          {"openai-beta", "a=b"},
                          {"Idempotency-Key", "k"}}));
}

TEST(OpenAiCompat, APassthroughSendsTheClientsHeadersAndBytes) {
    Provider provider = upstream();
    Operation op = operation(GM_CAN_PASSTHROUGH, "--b");
    op.method = "PUT";
    op.path = "/uploads/a%2Fb?x=1&y";
    op.content_type = "multipart/form-data; boundary=b";
    op.headers = {{"User-Agent", "x"}, {"x-client-request-id", "mine"}};
    const auto sent = run(provider, op).sent.at(0);
    EXPECT_EQ(sent.method + " " + sent.url, "PUT https://h/v1/uploads/a%2Fb?x=1&y");
    EXPECT_TRUE(sent.forwarded);
    EXPECT_EQ(sent.headers, (HeaderList{{"Content-Type", "multipart/form-data; boundary=b"},
                                        {"Authorization", "Bearer key"},
                                        {"User-Agent", "x"},
                                        {"x-client-request-id", "mine"}}));
}

TEST(OpenAiCompat, WithoutABodyThereIsNoContentType) {
    Provider provider = upstream();
    const auto sent = run(provider, operation(GM_CAN_LIST_MODELS)).sent.at(0);
    EXPECT_EQ(find_header(sent.headers, "content-type"), nullptr);
    EXPECT_FALSE(sent.forwarded);
}

TEST(OpenAiCompat, WithoutAKeyThereIsNoAuthorization) {
    Provider provider({"https://h", "", nullptr});
    EXPECT_EQ(run(provider, operation(GM_CAN_LIST_MODELS)).sent.at(0).headers, HeaderList{});
}

TEST(OpenAiCompat, RequestIdsThatNoHeaderCanCarryAreLeftOut) {
    Provider provider = upstream();
    const auto sent_id = [&provider](std::string id) {
        Operation op = operation(GM_CAN_LIST_MODELS);
        op.request_id = std::move(id);
        const auto sent = run(provider, op).sent.at(0);
        const std::string* const value = find_header(sent.headers, "X-Client-Request-Id");
        return value == nullptr ? "none" : *value;
    };
    EXPECT_EQ(sent_id("a b~"), "a b~");
    EXPECT_EQ(sent_id(std::string(512, 'x')), std::string(512, 'x'));
    for (const std::string& id : {std::string(), std::string(513, 'x'), std::string("a\r\nX: y"),
                                  std::string("é"), std::string("a\x7f")}) {
        EXPECT_EQ(sent_id(id), "none");
    }
}

TEST(OpenAiCompat, AnswersAreRelayedAndErrorsLeftToTheHost) {
    Provider provider = upstream();
    for (const std::uint32_t status : {200u, 201u, 204u, 299u}) {
        EXPECT_EQ(run(provider, operation(GM_CAN_CHAT, "{}"), status).relayed, "answer");
    }
    for (const std::uint32_t status : {199u, 301u, 400u, 401u, 429u, 500u, 529u}) {
        const Transcript seen = run(provider, operation(GM_CAN_CHAT, "{}"), status);
        ASSERT_TRUE(seen.error) << status;
        EXPECT_EQ(seen.error->status, status);
        EXPECT_EQ(seen.relayed, "");
    }
}

class Elsewhere final : public Provider {
public:
    Elsewhere() : Provider({"https://h", "key", nullptr}) {}

protected:
    std::string_view url(const gomodel::Op& op, std::string& storage) const override {
        storage = Provider::url(op, storage);
        return storage += "?api-version=7";
    }
    HeaderView credential(const gomodel::Op&) const override { return {"api-key", "key"}; }
    void headers(gomodel::Call, gomodel::HttpOut out) const override { out.header("X-Site", "s"); }
    bool edit_body(const gomodel::Op& op, std::string& body) const override {
        body = "[" + std::string(op.body()) + "]";
        return true;
    }
};

TEST(OpenAiCompat, AVendorOverridesWhatItDoesDifferently) {
    Elsewhere provider;
    const auto sent = run(provider, operation(GM_CAN_EMBED, "1")).sent.at(0);
    EXPECT_EQ(sent.url, "https://h/embeddings?api-version=7");
    EXPECT_EQ(
        sent.headers,
        (HeaderList{{"Content-Type", "application/json"}, {"api-key", "key"}, {"X-Site", "s"}}));
    EXPECT_EQ(sent.body, "[1]");
}

}  // namespace
}  // namespace openai_compat
