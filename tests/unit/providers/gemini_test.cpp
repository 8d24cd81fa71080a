// Google's list of models becomes OpenAI's, however many pages it has.
#include <gtest/gtest.h>
#include <gomodel/testing/exchange.hpp>

#include <string>

#include "gemini/model_list.hpp"
#include "gemini/model_listing.hpp"

namespace gemini {
namespace {

std::string model(const char* name, const char* method) {
    return R"({"name":")" + std::string(name) + R"(","supportedGenerationMethods":[")" + method +
           R"("]})";
}

std::string entry(const char* id, const char* created = "9") {
    return R"({"id":")" + std::string(id) + R"(","object":"model","created":)" + created +
           R"(,"owned_by":"google"})";
}

TEST(GeminiModels, OfThePagesThatAreOfUse) {
    const auto page = read_page(R"({"models":[)" + model("models/gemini-a", "generateContent") +
                                    "," + model("gemini-b", "streamGenerateContent") + "," +
                                    model("models/text-embedding-c", "embedContent") + "," +
                                    model("models/gemini-d", "countTokens") + "," +
                                    model("models/aqa", "generateContent") +
                                    R"(,{"name":"models/gemini-e"},{}],"nextPageToken":"t"})",
                                9);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->entries,
              entry("gemini-a") + "," + entry("gemini-b") + "," + entry("text-embedding-c"));
    EXPECT_EQ(page->next_token, "t");
}

TEST(GeminiModels, OfAnOpenAiListAreTakenToo) {
    const auto page = read_page(
        R"({"object":"list","data":[{"id":"models/gemini-a"},{"id":"gemini-b","created":5},)"
        R"({"id":"gpt-4o"}]})",
        9);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->entries, entry("gemini-a") + "," + entry("gemini-b", "5"));
    EXPECT_EQ(page->next_token, "");
}

TEST(GeminiModels, AnEmptyListHasNoMembers) {
    const auto page = read_page("{}\n", 9);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->entries, "");
}

TEST(GeminiModels, WhatIsNoListIsRefused) {
    for (const char* const answer : {"", "[]", "{", "{{}}", R"({"models":1})", R"({"data":[]})",
                                     R"({"object":"list"})", "<html>"}) {
        EXPECT_FALSE(read_page(answer, 9)) << answer;
    }
}

TEST(GeminiModels, DatesAreOfHttp) {
    EXPECT_EQ(read_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    EXPECT_EQ(read_date("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
    for (const char* const text :
         {"", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, xx Nov 1994 08:49:37 GMT"}) {
        EXPECT_FALSE(read_date(text)) << text;
    }
}

class OnePage final : public gomodel::Provider {
public:
    std::unique_ptr<gomodel::Exchange> open(gomodel::Call, gomodel::Op) override {
        return std::make_unique<ModelListing>("https://h/models?pageSize=1000", "key");
    }
};

TEST(GeminiModels, AListWithoutEndIsCutOff) {
    OnePage provider;
    gomodel::Provider& base = provider;
    gomodel::testing::Operation op;
    op.kind = GM_CAN_LIST_MODELS;
    const gomodel::testing::Response again{200, {}, R"({"models":[],"nextPageToken":"a b"})"};
    const auto seen =
        gomodel::testing::run_exchange(gomodel::Provider::Abi::kTable, &base, op,
                                       std::vector<gomodel::testing::Response>(100, again));
    EXPECT_EQ(seen.sent.size(), 20U);
    EXPECT_EQ(seen.sent.at(1).url, "https://h/models?pageSize=1000&pageToken=a%20b");
    EXPECT_EQ(seen.body(), R"({"object":"list","data":[]})");
}

}  // namespace
}  // namespace gemini
