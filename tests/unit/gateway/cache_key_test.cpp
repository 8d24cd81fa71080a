// Which requests share an answer, which do not, and which want none out of a cache.

#include "gateway/recall/cache_key.hpp"

#include <gtest/gtest.h>

#include <set>

#include "gateway/recall/cache_headers.hpp"

namespace gomodel::gateway::recall {
namespace {

std::string key(std::string_view body, bool stream = false) {
    return cache_key("", {"/chat/completions", "openai", "main/m", "", body, stream})
        .value_or("none");
}

TEST(CacheKey, IsThePrefixAndADigest) {
    const auto made = cache_key("mine:", {"/responses", "openai", "main/m", "", "{}"});
    ASSERT_TRUE(made.has_value());
    EXPECT_TRUE(made->starts_with("mine:"));
    EXPECT_EQ(made->size(), 5U + 64);
}

TEST(CacheKey, HowARequestIsWrittenDoesNotMatter) {
    const std::string one =
        key(R"({"model":"m","messages":[{"role":"user","content":"é"}],"n":1})");
    for (const char* const same :
         {R"({"n":1,"messages":[{"content":"é","role":"user"}],"model":"m"})",
          R"( { "n" : 1 , "messages" : [ { "content" : "\u00e9" , "role":"user" } ] } )",
          R"({"model":"alias","provider":"main","messages":[{"role":"user","content":"é"}],"n":1})",
          R"({"messages":[{"role":"user","content":"é"}],"n":1,"stream":false})",
          R"({"messages":[{"role":"user","content":"é"}],"\u006e":1,"stream":null})",
          R"({"messages":[{"role":"user","content":"é"}],"n":1,)"
          R"("stream_options":{"include_usage":true}})"}) {
        EXPECT_EQ(key(same), one) << same;
    }
}

TEST(CacheKey, WhatIsAskedForDoes) {
    const std::set<std::string> keys = {
        key(R"({"messages":[]})"),
        key(R"({"messages":[],"n":1})"),
        key(R"({"messages":[],"n":"1"})"),
        key(R"({"messages":[],"n":[1]})"),
        key(R"({"messages":[],"n":null})"),
        key(R"({"messages":[],"N":1})"),
        key(R"({"messages":[[]]})"),
        key(R"({"messages":[[],[]]})"),
        key(R"({"messages":[],"a":1,"a":2})"),
        key(R"({"messages":[],"a":2,"a":1})"),
        key(R"({"messages":[],"a":{"b":1},"c":{}})"),
        key(R"({"messages":[],"a":{},"c":{"b":1}})"),
        key(R"({"messages":[],"provider":{"order":["x"]}})"),
        key(R"({"messages":["\ud800"]})"),
        key(R"({"messages":["\ud801"]})"),
        key(R"({"messages":[""]})"),
        key(R"({"messages":[{"model":"m"}]})"),
        key(R"({"messages":[],"stream":true})", true),
    };
    EXPECT_EQ(keys.size(), 18U);
    EXPECT_FALSE(keys.contains("none"));
}

TEST(CacheKey, WhereItIsAskedDoesToo) {
    const Question usual{"/chat/completions", "openai", "main/m", "", "{}"};
    std::set<std::string> keys = {*cache_key("", usual)};
    for (std::string_view Question::*part :
         {&Question::path, &Question::provider_type, &Question::selector, &Question::variant}) {
        Question other = usual;
        other.*part = "other";
        keys.insert(*cache_key("", other));
    }
    EXPECT_EQ(keys.size(), 5U);
}

TEST(CacheKey, OptionsOfAStreamMatterIfThereIsOne) {
    const std::string plain = key(R"({"stream":true})", true);
    EXPECT_EQ(key(R"({"stream":true,"stream_options":{"include_usage":false}})", true), plain);
    EXPECT_EQ(key(R"({"stream":true,"stream_options":{}})", true), plain);
    EXPECT_EQ(key(R"({"stream":true,"stream_options":null})", true), plain);
    EXPECT_NE(key(R"({"stream":true,"stream_options":{"include_usage":true}})", true), plain);
    EXPECT_NE(key(R"({"stream":true,"stream_options":{"include_obfuscation":false}})", true),
              plain);
    EXPECT_EQ(key(R"({"stream_options":{"include_obfuscation":false}})"), key("{}"));
}

TEST(CacheKey, ThereIsNoneForWhatDependsOnMore) {
    for (const char* const body : {R"({"background":true})", R"({"conversation":"conv_1"})",
                                   R"({"conversation":{"id":"conv_1"}})", "[]", "{", "", "1"}) {
        EXPECT_EQ(key(body), "none") << body;
    }
    EXPECT_NE(key(R"({"background":false,"conversation":null})"), "none");
    const std::string deep = std::string(100'000, '[');
    EXPECT_EQ(key(R"({"messages":)" + deep), "none");
}

TEST(CacheHeaders, SayWhetherAnAnswerMayBeOutOfACache) {
    const auto takes = [](std::string_view name, std::string_view value) {
        return takes_exact({{"Accept", "*/*"}, {name, value}});
    };
    EXPECT_TRUE(takes_exact({}));
    for (const char* const value : {"no-cache", "no-store", "No-Store", "max-age=0 , no-cache",
                                    "no-cache=\"x\"", "public,no-store,max-age=1"}) {
        EXPECT_FALSE(takes("Cache-Control", value)) << value;
        EXPECT_FALSE(takes("cache-control", value)) << value;
    }
    EXPECT_TRUE(takes("Cache-Control", ""));
    EXPECT_TRUE(takes("Cache-Control", "max-age=0, x-no-cache"));
    EXPECT_FALSE(takes("X-Cache-Control", "no-store"));
    EXPECT_TRUE(takes("X-Cache-Control", "no-cache"));
    EXPECT_FALSE(takes("X-Cache-Type", " Semantic "));
    EXPECT_TRUE(takes("X-Cache-Type", "exact"));
    EXPECT_TRUE(takes("X-Cache-Type", "both"));
    EXPECT_TRUE(takes("X-Cache-Type", "anything"));
    EXPECT_FALSE(takes_exact({{"Cache-Control", "max-age=0"}, {"Cache-Control", "no-store"}}));
}

}  // namespace
}  // namespace gomodel::gateway::recall
