#include "gateway/catalog.hpp"

#include <gtest/gtest.h>

#include "gateway/header_rules.hpp"
#include "gateway/model_lister.hpp"
#include "gateway/principal.hpp"

namespace gomodel::gateway {
namespace {

std::shared_ptr<const Provider> provider(const std::string& name, const std::string& type) {
    return std::make_shared<const Provider>(Provider{name, type, nullptr, {}, {}});
}

class CatalogTest : public testing::Test {
protected:
    CatalogTest()
        : providers_{provider("a-openai", "openai"), provider("openai", "openai"),
                     provider("router", "openrouter")},
          catalog_(providers_, {{"a-openai", {{{"gpt-4o", 7}}}},
                                {"openai", {{{"gpt-4o", 1}, {"o3", 2}, {"o3", 3}}}},
                                {"router", {{{"openai/gpt-4o", 0}, {"meta/llama", 0}}}}}) {}

    std::string find(std::string_view model, std::optional<std::string> with = std::nullopt) {
        const Model* const found = catalog_.find(model, with);
        return found == nullptr ? "none" : found->selector;
    }

    std::vector<std::shared_ptr<const Provider>> providers_;
    Catalog catalog_;
};

TEST_F(CatalogTest, ListsEveryModelOnceInOrder) {
    std::vector<std::string> selectors;
    for (const auto& model : catalog_.models())
        selectors.push_back(model->selector);
    EXPECT_EQ(selectors, (std::vector<std::string>{"a-openai/gpt-4o", "openai/gpt-4o", "openai/o3",
                                                   "router/meta/llama", "router/openai/gpt-4o"}));
}

TEST_F(CatalogTest, ResolvesSelectors) {
    EXPECT_EQ(find("gpt-4o"), "a-openai/gpt-4o") << "the first provider in order of name";
    EXPECT_EQ(find(" o3 "), "openai/o3");
    EXPECT_EQ(find("openai/o3"), "openai/o3");
    EXPECT_EQ(find("openai/gpt-4o"), "openai/gpt-4o") << "a name before a type";
    EXPECT_EQ(find("openrouter/meta/llama"), "router/meta/llama") << "by type";
    EXPECT_EQ(find("meta/llama"), "router/meta/llama") << "a raw id with a slash in it";
    EXPECT_EQ(find("router/openai/gpt-4o"), "router/openai/gpt-4o");
    EXPECT_EQ(find("openai/meta/llama"), "none") << "a known prefix is never part of an id";
    EXPECT_EQ(find("nothing"), "none");
    EXPECT_EQ(find(""), "none");
    EXPECT_EQ(find("/o3"), "none");
    EXPECT_EQ(find("openai/"), "none");
    EXPECT_EQ(find(" openai / o3 "), "openai/o3");
}

TEST_F(CatalogTest, ExplicitProviderIsAuthoritative) {
    EXPECT_EQ(find("gpt-4o", "openai"), "openai/gpt-4o");
    EXPECT_EQ(find("openai/gpt-4o", "openai"), "openai/gpt-4o") << "its own prefix is taken off";
    EXPECT_EQ(find("openai/gpt-4o", "router"), "router/openai/gpt-4o");
    EXPECT_EQ(find("gpt-4o", "openrouter"), "none");
    EXPECT_EQ(find("meta/llama", "openrouter"), "router/meta/llama") << "a type";
    EXPECT_EQ(find("openrouter/meta/llama", "openrouter"), "router/meta/llama");
    EXPECT_EQ(find("router/openai/gpt-4o", "router"), "router/openai/gpt-4o")
        << "the prefix is taken off once";
    EXPECT_EQ(find("meta/llama", "meta"), "none") << "never a raw id";
    EXPECT_EQ(find(" o3 ", " openai "), "openai/o3");
    EXPECT_EQ(find("", "openai"), "none");
    EXPECT_EQ(find("gpt-4o", ""), "a-openai/gpt-4o") << "a blank one is none";
}

TEST(CatalogMetadataTest, ComesFromTheListAndThenFromTheConfigurationByInstance) {
    const auto list = ModelList::parse(
        R"({"models":{"m":{"display_name":"M","family":"f","pricing":{"input_per_mtok":1}}}})");
    Poco::JSON::Object::Ptr pricing = new Poco::JSON::Object;
    pricing->set("input_per_mtok", 7.5);
    Poco::JSON::Object::Ptr metadata = new Poco::JSON::Object;
    metadata->set("display_name", std::string("Mine"));
    metadata->set("pricing", pricing);
    const std::vector<std::shared_ptr<const Provider>> providers{
        provider("one", "openai"),
        std::make_shared<const Provider>(Provider{
            "two", "openai", nullptr, {{"m", metadata, ""}, {"absent", metadata, ""}}, {}})};
    const Catalog catalog(providers, {{"one", {{{"m", 0}, {"n", 0}}}}, {"two", {{{"m", 0}}}}},
                          *list);
    ASSERT_NE(catalog.find("one/m"), nullptr);
    EXPECT_EQ(catalog.find("one/m")->metadata->pricing->input_per_mtok, 1);
    EXPECT_EQ(catalog.find("one/n")->metadata, nullptr) << "nothing is known";
    EXPECT_EQ(catalog.find("two/m")->metadata->display_name, "Mine");
    EXPECT_EQ(catalog.find("two/m")->metadata->family, "f");
    EXPECT_EQ(catalog.find("two/m")->metadata->pricing->input_per_mtok, 7.5);
    EXPECT_EQ(catalog.find("two/absent"), nullptr) << "metadata makes no model";
}

TEST_F(CatalogTest, UnknownModelNamesTheNearest) {
    const dialect::ApiError bare = catalog_.unknown("gpt-4p", std::nullopt);
    EXPECT_EQ(bare.status, 400);
    EXPECT_EQ(bare.message, "unsupported model: gpt-4p; did you mean \"gpt-4o\"?");
    EXPECT_EQ(bare.code, "model_not_found");
    EXPECT_EQ(catalog_.unknown("o4", "openai").message,
              "unsupported model: openai/o4; did you mean \"openai/o3\"?");
    EXPECT_EQ(catalog_.unknown("something-else", std::nullopt).message,
              "unsupported model: something-else");
}

TEST(ModelList, ReadsWhatOpenAiSends) {
    const auto list = read_model_list(
        R"({"object":"list","data":[{"id":"a","created":5,"x":1},{"id":7},{"id":"b"},null]})");
    ASSERT_TRUE(list.ok());
    ASSERT_EQ(list->models.size(), 2u);
    EXPECT_EQ(list->models[0].created, 5);
    EXPECT_EQ(list->models[1].id, "b");
    const auto tiny =
        read_model_list(R"({"data":[{"id":"a","created":0.00000000001e-2147483639},{"id":"b"}]})");
    ASSERT_TRUE(tiny.ok());
    EXPECT_EQ(tiny->models.size(), 2u);
    EXPECT_EQ(tiny->models[0].created, 0);
    for (const char* bad : {"", "[]", "{}", R"({"data":{}})", "<html>"}) {
        EXPECT_FALSE(read_model_list(bad).ok()) << bad;
    }
}

TEST(HeaderRules, CredentialsNeverReachAPlugin) {
    for (const char* kept : {"Authorization", "X-API-Key", "api-key", "x-goog-api-key", "Cookie",
                             "Proxy-Authorization", "X-Forwarded-For", "Forwarded", "Connection",
                             "Transfer-Encoding", "X-GoModel-User-Path", "Host"}) {
        EXPECT_FALSE(may_reach_plugin(kept)) << kept;
    }
    for (const char* let : {"OpenAI-Beta", "Idempotency-Key", "traceparent", "X-Custom"}) {
        EXPECT_TRUE(may_reach_plugin(let)) << let;
    }
}

}  // namespace
}  // namespace gomodel::gateway
