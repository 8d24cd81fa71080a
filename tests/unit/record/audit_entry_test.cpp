#include "record/audit_entry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <gomodel/json_tree.hpp>

#include "gateway/catalog.hpp"
#include "record/audit_schema.hpp"
#include "record/redaction.hpp"
#include "record/thread_links.hpp"

namespace gomodel::record {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kId = "00000000-0000-4000-8000-000000000001";

struct AuditEntryTest : testing::Test {
    AuditEntryTest() {
        provider.name = "main";
        provider.type = "openai";
        model.id = "gpt";
        model.selector = "main/gpt";
        model.provider = &provider;
        record.model = &model;
        record.method = "POST";
        record.uri = "/v1/chat/completions?key=sk-in-query&x=1";
        record.path = "/v1/chat/completions";
        record.status = 200;
        record.total = std::chrono::milliseconds(5);
        record.began = base::WallTime(std::chrono::milliseconds(9995));
    }

    net::ExchangeCopy& begin(const net::HeaderFields& request, net::CopyRules rules = {}) {
        copy.emplace(request, rules);
        record.exchange = &*copy;
        return *copy;
    }
    // The row, which is kept for the nodes of it.
    json::Node row(bool dropped = false) {
        AuditEntry entry(record, kId);
        if (dropped) entry.drop_bodies();
        text = entry.row();
        tree.emplace(text);
        EXPECT_TRUE(tree->ok()) << text;
        return tree->root();
    }
    json::Node data(bool dropped = false) { return row(dropped)["data"]; }

    gateway::Provider provider;
    gateway::Model model;
    gateway::RequestRecord record;
    std::optional<net::ExchangeCopy> copy;
    std::string text;
    std::optional<json::Tree> tree;
};

const net::HeaderFields kJson = {{"Content-Type", "application/json"}};
const net::HeaderFields kEvents = {{"Content-Type", "text/event-stream; charset=utf-8"}};

TEST_F(AuditEntryTest, HasWhatWasAskedAndAnswered) {
    net::ExchangeCopy& passed = begin(kJson);
    passed.received(R"({"model":"gpt","temperature":0.50,)");
    passed.received(R"("max_completion_tokens":7})");
    passed.answered(kJson);
    passed.sent(R"({"id":"c"})");
    record.request_id = "client's";
    record.user_agent = "test/1";
    const json::Node made = row();
    EXPECT_EQ(made["id"].text(), kId);
    EXPECT_EQ(made["timestamp"].text(), "1970-01-01T00:00:09.995000000Z");
    EXPECT_EQ(made["duration_ns"].raw(), "5000000");
    EXPECT_EQ(made["resolved_model"].text(), "main/gpt");
    EXPECT_EQ(made["provider"].text(), "openai");
    EXPECT_EQ(made["user_path"].text(), "/");
    EXPECT_EQ(made["cache_type"].raw(), "null");
    EXPECT_EQ(made["data"]["temperature"].raw(), "0.50");
    EXPECT_EQ(made["data"]["max_tokens"].raw(), "7");
    EXPECT_EQ(made["data"]["query"].text(), "key=[REDACTED]&x=1");
    EXPECT_EQ(made["data"]["request_body"]["model"].text(), "gpt");
    EXPECT_EQ(made["data"]["response_body"].raw(), R"({"id":"c"})");
    EXPECT_FALSE(made["data"]["request_body_too_big_to_handle"]);
}

TEST_F(AuditEntryTest, HeadersLoseTheirSecretsOnly) {
    begin({{"Authorization", "Bearer sk-1"},
           {"X-Api-Key", "sk-2"},
           {"API-KEY", "sk-3"},
           {"x-goog-api-key", "sk-4"},
           {"Cookie", "sk-5"},
           {"X-GoModel-Key", "sk-6"},
           {"Proxy-Authorization", "sk-7"},
           {"X-Access-Token", "sk-8"},
           {"Referer", "https://a/b?api%5Fkey=sk-9&c=d"},
           {"Accept", "a"},
           {"accept", "b"},
           {"X-Odd\"", "\xff"}});
    copy->answered({{"Set-Cookie", "sk-10"}, {"x-ratelimit-remaining-tokens", "5"}});
    const json::Node made = data();
    EXPECT_THAT(text, Not(HasSubstr("sk-1\"")));
    for (int secret = 1; secret <= 10; ++secret)
        EXPECT_THAT(text, Not(HasSubstr("sk-" + std::to_string(secret)))) << secret;
    EXPECT_EQ(made["request_headers"]["Authorization"].text(), "[REDACTED]");
    EXPECT_EQ(made["request_headers"]["Referer"].text(), "https://a/b?api%5Fkey=[REDACTED]&c=d");
    EXPECT_EQ(made["request_headers"]["Accept"].text(), "a, b");
    EXPECT_EQ(made["request_headers"]["X-Odd\""].text(), "\xEF\xBF\xBD");
    EXPECT_EQ(made["response_headers"]["x-ratelimit-remaining-tokens"].text(), "5");
    // SHA-256 of "sk-1".
    EXPECT_EQ(made["api_key_hash"].text().size(), 16u);
}

TEST_F(AuditEntryTest, HeadersAndBodiesCanBeLeftOut) {
    net::CopyRules rules;
    rules.fields = rules.bodies = false;
    net::ExchangeCopy& passed = begin({{"Authorization", "Bearer k"}}, rules);
    passed.received("{}");
    passed.answered(kJson);
    passed.sent("{}");
    const json::Node made = data();
    for (const char* member :
         {"request_headers", "response_headers", "request_body", "response_body"})
        EXPECT_FALSE(made[member]) << member;
    EXPECT_TRUE(made["api_key_hash"]);
}

TEST_F(AuditEntryTest, BodiesOverTheLimitAreCutAndSaySo) {
    const std::string large((std::size_t{1} << 20) + 1, 'x');
    net::ExchangeCopy& passed = begin(kJson);
    passed.received("\"" + large + "\"");
    passed.answered(kJson);
    passed.sent(large);
    passed.sent(large);
    const json::Node made = data();
    EXPECT_FALSE(made["request_body"]);
    EXPECT_TRUE(made["request_body_too_big_to_handle"].is_true());
    EXPECT_EQ(made["response_body"].escaped().size(), std::size_t{1} << 20);
    EXPECT_TRUE(made["response_body_too_big_to_handle"].is_true());
}

TEST_F(AuditEntryTest, ABodyOfTheLimitIsWhole) {
    const std::string body = '"' + std::string((std::size_t{1} << 20) - 2, 'x') + '"';
    begin(kJson).received(body);
    const json::Node made = data();
    EXPECT_EQ(made["request_body"].raw(), body);
    EXPECT_FALSE(made["request_body_too_big_to_handle"]);
}

TEST_F(AuditEntryTest, DroppedBodiesAreMarkedAsTooBig) {
    net::ExchangeCopy& passed = begin(kJson);
    passed.received("{}");
    const json::Node made = data(true);
    EXPECT_FALSE(made["request_body"]);
    EXPECT_TRUE(made["request_body_too_big_to_handle"].is_true());
    EXPECT_FALSE(made["response_body_too_big_to_handle"]);
}

TEST_F(AuditEntryTest, WhatIsNoJsonIsText) {
    for (const std::string& body :
         {std::string("{\"a\":"), std::string("plain \xff\0 text", 13), std::string(300, '[')}) {
        begin(kJson).received(body);
        EXPECT_TRUE(data()["request_body"].is_string()) << text;
    }
}

TEST_F(AuditEntryTest, DeepJsonIsTextSoThatTheRowCanBeStored) {
    const std::string deep = std::string(249, '[') + std::string(249, ']');
    begin(kJson).received(deep);
    EXPECT_EQ(data()["request_body"].escaped(), deep);
    const std::string less = std::string(248, '[') + std::string(248, ']');
    begin(kJson).received(less);
    EXPECT_EQ(data()["request_body"].raw(), less);
    const json::Tree rows("[" + text + "]");
    EXPECT_TRUE(rows.ok());
}

TEST_F(AuditEntryTest, LongLinksAreNotIndexed) {
    const std::string link(600, 'x');
    begin(kJson).received(R"({"previous_response_id":")" + link + "\"}");
    EXPECT_TRUE(data()["request_body"].is_string());
}

TEST_F(AuditEntryTest, FormsWithFilesAndMediaAreNotKept) {
    for (const char* type : {"multipart/form-data; boundary=x", "audio/mpeg"}) {
        net::ExchangeCopy& passed = begin({{"content-type", type}});
        passed.received("abc");
        EXPECT_FALSE(data()["request_body"]) << type;
    }
}

TEST_F(AuditEntryTest, FormsLoseTheirSecrets) {
    begin({{"content-type", "application/x-www-form-urlencoded"}})
        .received("grant=a&client_secret=hidden");
    EXPECT_EQ(data()["request_body"].text(), "grant=a&client_secret=[REDACTED]");
}

TEST_F(AuditEntryTest, AStreamIsTheAnswerItMade) {
    net::ExchangeCopy& passed = begin(kJson);
    passed.answered(kEvents);
    passed.sent(
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n");
    passed.sent(
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"}}]}\n\n");
    record.stream = true;
    record.first_output = std::chrono::nanoseconds(77);
    record.cause = gateway::EndCause::kClientGone;
    const json::Node made = row();
    EXPECT_EQ(made["data"]["response_body"]["choices"].raw(),
              R"([{"index":0,"message":{"content":"ab"}}])");
    EXPECT_EQ(made["data"]["stream_events"].raw(), "2");
    EXPECT_EQ(made["data"]["time_to_first_token_ns"].raw(), "77");
    EXPECT_EQ(made["data"]["end"].text(), "client_gone");
    EXPECT_EQ(made["error_type"].text(), "stream_error");
}

TEST_F(AuditEntryTest, GzipIsUndone) {
    // gzip of {"id":"zipped"}
    constexpr unsigned char kZipped[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
                                         0x03, 0xab, 0x56, 0xca, 0x4c, 0x51, 0xb2, 0x52, 0xaa,
                                         0xca, 0x2c, 0x28, 0x48, 0x4d, 0x51, 0xaa, 0x05, 0x00,
                                         0xcf, 0x8c, 0x0b, 0x97, 0x0f, 0x00, 0x00, 0x00};
    net::ExchangeCopy& passed = begin(kJson);
    passed.answered({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}});
    passed.sent({reinterpret_cast<const char*>(kZipped), sizeof kZipped});
    EXPECT_EQ(data()["response_body"]["id"].text(), "zipped");
}

TEST(Redaction, NamesOfSecrets) {
    for (const char* name : {"AUTHORIZATION", "x_api_key", "X-Auth-Token", "key", "access_token",
                             "client-secret", "Password", "Ocp-Apim-Subscription-Key", "sig"})
        EXPECT_TRUE(Redaction().names_secret(name)) << name;
    for (const char* name : {"max_tokens", "Content-Type", "idempotency-key", "x-request-id",
                             "keyboard", "author", "x-ratelimit-limit-tokens"})
        EXPECT_FALSE(Redaction().names_secret(name)) << name;
}

TEST(Redaction, OfNamesThatAreGiven) {
    const Redaction redaction({"SSN", "*_pin", "a*b*c"});
    for (const char* name : {"ssn", "Ssn", "x_pin", "_PIN", "abc", "a--b--c"})
        EXPECT_TRUE(redaction.names_secret(name)) << name;
    for (const char* name : {"ssn2", "pin", "ab", "xabc"})
        EXPECT_FALSE(redaction.names_secret(name)) << name;
    EXPECT_EQ(
        redaction.body(R"({"a":[{"s\u0073n":{"deep":1}},7,"ssn"],"my_pin":"1","b":{"c":null}})"),
        R"({"a":[{"s\u0073n":"[REDACTED]"},7,"ssn"],"my_pin":"[REDACTED]","b":{"c":null}})");
    EXPECT_EQ(redaction.body("{broken"), "{broken");
}

TEST_F(AuditEntryTest, SecretsThatAreGivenByNameAreInNoBody) {
    const std::vector<std::string> names = {"ssn", "x-mine"};
    record.redact = &names;
    net::ExchangeCopy& passed = begin({{"X-Mine", "hidden-1"}});
    passed.received(R"({"ssn":"hidden-2","model":"m"})");
    passed.answered(kEvents);
    passed.sent(R"(data: {"choices":[{"index":0,"delta":{"ssn":"hidden-3"}}]})");
    EXPECT_EQ(data()["request_body"].raw(), R"({"ssn":"[REDACTED]","model":"m"})");
    EXPECT_THAT(text, Not(HasSubstr("hidden")));
}

TEST(Redaction, OfQueries) {
    EXPECT_EQ(Redaction().query("a=b&key=s&%6Bey=t&c"), "a=b&key=[REDACTED]&%6Bey=[REDACTED]&c");
    EXPECT_EQ(Redaction().query("https://h/p?token=s"), "https://h/p?token=[REDACTED]");
    EXPECT_EQ(Redaction().query(""), "");
    EXPECT_EQ(Redaction().query("&&=&key="), "&&=&key=[REDACTED]");
}

ThreadLinks links(const std::string& messages, std::string_view whose = "a") {
    const std::string body = R"({"messages":)" + messages + "}";
    const json::Tree tree(body);
    return thread_links(tree.root(), whose);
}

TEST(ThreadLinks, ARequestGoesOnFromTheOneWhoseMessagesItHas) {
    const std::string first = R"([{"role":"system","content":"s"},{"role":"user","content":"a"}])";
    const std::string second =
        R"([{"role":"system","content":"s"}, {"content" : "a","role":"user"},)"
        R"({"role":"assistant","content":"b","refusal":null},{"role":"user","content":"c"}])";
    EXPECT_EQ(links(first).parent, "");
    EXPECT_EQ(links(second).parent, links(first).self);
    EXPECT_NE(links(second).self, links(first).self);
    EXPECT_NE(links(second, "b").parent, links(first).self);
    EXPECT_EQ(links("[]").self, "");
    EXPECT_EQ(links("7").self, "");
}

TEST(ThreadLinks, ToolsGoOnToo) {
    const std::string asked = R"([{"role":"user","content":"a"})";
    const std::string called = asked +
                               R"(,{"role":"assistant","content":null,"tool_calls":[{"id":"t"}]},)"
                               R"({"role":"tool","tool_call_id":"t","content":"7"})";
    EXPECT_EQ(links(called + "]").parent, links(asked + "]").self);
    EXPECT_EQ(
        links(called + R"(,{"role":"assistant","content":"b"},{"role":"user","content":"c"}])")
            .parent,
        links(called + "]").self);
}

TEST(AuditSchema, IsJson) {
    const json::Tree tree(audit_schema());
    EXPECT_TRUE(tree.ok());
    EXPECT_EQ(tree.root()["columns"].size(), 21u);
}

}  // namespace
}  // namespace gomodel::record
