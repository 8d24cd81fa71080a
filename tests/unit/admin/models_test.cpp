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
};

TEST_F(ModelsTest, ShowsModelsOfACategory) {
    EXPECT_EQ(
        models_json(catalog_, "embedding"),
        R"([{"model":{"id":"e","object":"model","owned_by":"openai","created":8,)"
        R"("metadata":{"modes":["embedding"],"categories":["embedding"],"tags":["small"]}},)"
        R"("provider_type":"openai","provider_name":"mine","selector":"mine/e",)"
        R"("access":{"selector":"mine/e","default_enabled":true,"effective_enabled":true}}])");
    EXPECT_EQ(models_json(catalog_, "video"), "[]");
    const std::string all = models_json(catalog_, "all");
    EXPECT_NE(all.find(R"("id":"m","object":"model","owned_by":"system","created":7})"),
              std::string::npos);
    EXPECT_LT(all.find("mine/e"), all.find("mine/m"));
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
