#include "admin/models.hpp"

#include <gtest/gtest.h>

namespace gomodel::admin {
namespace {

class ModelsTest : public testing::Test {
protected:
    const std::vector<std::shared_ptr<const gateway::Provider>> providers_{
        std::make_shared<const gateway::Provider>(
            gateway::Provider{"mine", "openai", nullptr, {}, {}})};
    const gateway::ModelList list_ =
        *gateway::ModelList::parse(R"({"models":{"e":{"modes":["embedding"],"tags":["small"]}}})");
    const gateway::Catalog catalog_{
        providers_, {{"mine", {{{"m", 7, "system"}, {"e", 8}}}}}, list_};
    config::Models settings_;
};

TEST_F(ModelsTest, ShowsModelsOfACategory) {
    EXPECT_EQ(
        models_json(catalog_, "embedding", {settings_}),
        R"([{"model":{"id":"e","object":"model","owned_by":"openai","created":8,)"
        R"("metadata":{"modes":["embedding"],"categories":["embedding"],"tags":["small"]}},)"
        R"("provider_type":"openai","provider_name":"mine","selector":"mine/e",)"
        R"("access":{"selector":"mine/e","default_enabled":true,"effective_enabled":true}}])");
    EXPECT_EQ(models_json(catalog_, "video", {settings_}), "[]");
    const std::string all = models_json(catalog_, "all", {settings_});
    EXPECT_NE(all.find(R"("id":"m","object":"model","owned_by":"system","created":7})"),
              std::string::npos);
    EXPECT_LT(all.find("mine/e"), all.find("mine/m"));
}

TEST_F(ModelsTest, ShowsTheRuleThatCounts) {
    gateway::AccessRule wide{"mine/", "mine", "", {"/team"}};
    gateway::AccessRule exact{"mine/e", "mine", "e", {"/a", "/b"}};
    const gateway::AccessRules rules({wide, exact});
    settings_.enabled_by_default = false;
    const auto json = [&] { return models_json(catalog_, "all", {settings_, &rules}); };
    EXPECT_NE(json().find(R"("access":{"selector":"mine/m","default_enabled":false,)"
                          R"("effective_enabled":true,"user_paths":["/team"]})"),
              std::string::npos)
        << json();
    EXPECT_NE(json().find(R"("effective_enabled":true,"user_paths":["/a","/b"],"override":)"
                          R"({"selector":"mine/e","provider_name":"mine","model":"e",)"
                          R"("user_paths":["/a","/b"],"created_at":"1970-01-01T00:00:00Z",)"
                          R"("updated_at":"1970-01-01T00:00:00Z"}})"),
              std::string::npos)
        << json();
    EXPECT_NE(models_json(catalog_, "embedding", {settings_})
                  .find(R"("default_enabled":false,"effective_enabled":false})"),
              std::string::npos);
    settings_.overrides_enabled = false;
    EXPECT_NE(json().find(R"("access":{"selector":"mine/e","default_enabled":true,)"
                          R"("effective_enabled":true}})"),
              std::string::npos);
}

TEST_F(ModelsTest, CountsCategoriesInTheirOrder) {
    EXPECT_EQ(categories_json(catalog_),
              R"([{"category":"all","display_name":"All","count":2},)"
              R"({"category":"text_generation","display_name":"Text Generation","count":0},)"
              R"({"category":"embedding","display_name":"Embeddings","count":1},)"
              R"({"category":"image","display_name":"Image","count":0},)"
              R"({"category":"audio","display_name":"Audio","count":0},)"
              R"({"category":"video","display_name":"Video","count":0},)"
              R"({"category":"utility","display_name":"Utility","count":0}])");
}

}  // namespace
}  // namespace gomodel::admin
