#include "gateway/model_list.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

constexpr const char* kList = R"({
 "version": 1, "updated_at": "2026-01-01T00:00:00Z",
 "providers": {"openai": {"display_name": "OpenAI"}, "azure": {}, "groq": {}},
 "models": {
  "gpt-4o": {"display_name": "GPT-4o", "modes": ["chat"], "context_window": 128000,
             "capabilities": {"tools": true, "vision": true}, "aliases": ["omni", "groq/quick"],
             "pricing": {"currency": "USD", "input_per_mtok": 2.5, "output_per_mtok": 10}},
  "llama": {"display_name": "Llama", "aliases": ["quick", "shared", "tied"]},
  "llama-big": {"display_name": "Llama Big", "aliases": ["shared", "tied"]},
  "bad": {"display_name": 7},
  "worse": {"display_name": "W", "aliases": "x"}
 },
 "provider_models": {
  "azure/gpt-4o": {"model_ref": "gpt-4o", "provider_model_id": "my-deployment",
                   "context_window": 64000, "pricing": {"input_per_mtok": 5},
                   "capabilities": {"tools": true}},
  "groq/renamed": {"model_ref": "llama", "custom_model_id": "llama-legacy"},
  "groq/llama-big": {"model_ref": "llama-big", "max_output_tokens": 99},
  "groq/orphan": {"model_ref": "nothing", "context_window": 1},
  "groq/broken": {"model_ref": "llama", "context_window": "many"},
  "no-type": {"model_ref": "llama"}
 }})";

class ModelListTest : public testing::Test {
protected:
    std::string name(std::string_view type, std::string_view id) const {
        const auto found = list_.find(type, id);
        return found ? found->display_name : "none";
    }
    const ModelList list_ = *ModelList::parse(kList);
};

TEST_F(ModelListTest, SkipsBadEntriesOneByOne) {
    EXPECT_EQ(list_.size(), 3u);
    EXPECT_EQ(list_.skipped(), 4u);
}

TEST_F(ModelListTest, FindsInTheOrderOfTheSources) {
    struct Case {
        const char* type;
        const char* id;
        const char* expected;
        const char* why;
    };
    const Case cases[] = {
        {"azure", "gpt-4o", "GPT-4o", "by the type's own entry"},
        {"openai", "gpt-4o", "GPT-4o", "by the model's reference"},
        {"azure", "my-deployment", "GPT-4o", "by the vendor's own id"},
        {"openai", "my-deployment", "none", "which is that vendor's alone"},
        {"groq", "llama-legacy", "Llama", "by the older member for it"},
        {"openai", "omni", "GPT-4o", "by an alias"},
        {"groq", "quick", "GPT-4o", "an alias with the type before one without"},
        {"openai", "quick", "Llama", "which is that type's alone"},
        {"openai", "shared", "none", "ambiguous"},
        {"groq", "shared", "Llama Big", "the only one that the type offers"},
        {"groq", "orphan", "none", "its model is not described"},
        {"groq", "broken", "none", "its entry was skipped"},
        {"groq", "", "none", "no id"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(name(c.type, c.id), c.expected) << c.type << '/' << c.id << ": " << c.why;
    }
}

TEST_F(ModelListTest, ProvidersOverrideLimitsPricesAndCapabilitiesAsAWhole) {
    const auto azure = list_.find("azure", "my-deployment");
    EXPECT_EQ(azure->context_window, 64000);
    EXPECT_EQ(azure->pricing->input_per_mtok, 5);
    EXPECT_FALSE(azure->pricing->output_per_mtok.has_value());
    EXPECT_EQ(azure->capabilities, (std::map<std::string, bool>{{"tools", true}}));
    EXPECT_EQ(azure->categories, std::vector<std::string>{"text_generation"});
    EXPECT_EQ(list_.find("openai", "gpt-4o")->pricing->output_per_mtok, 10);
    EXPECT_EQ(list_.find("groq", "shared")->max_output_tokens, 99) << "also of an alias";
}

TEST(ModelListParseTest, RefusesWhatIsNoList) {
    for (const char* json : {"", "[]", "nonsense", R"({"models":[]})", R"({"providers":1})",
                             R"({"provider_models":"x"})", R"({"models":{)"}) {
        EXPECT_FALSE(ModelList::parse(json).ok()) << json;
    }
    EXPECT_EQ(ModelList::parse(R"({"models":[]})").error().message,
              "the model list's \"models\" is not an object");
    EXPECT_EQ(ModelList::parse("{}")->size(), 0u);
    EXPECT_FALSE(ModelList().find("openai", "gpt-4o").has_value());
}

}  // namespace
}  // namespace gomodel::gateway
