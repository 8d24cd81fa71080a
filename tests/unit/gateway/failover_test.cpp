#include "gateway/failover.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

using config::FallbackMode;

std::shared_ptr<const Provider> provider(const std::string& name) {
    return std::make_shared<const Provider>(Provider{name, "openai", nullptr, {}, {}});
}

class FailoverTest : public testing::Test {
protected:
    FailoverTest()
        : providers_{provider("a"), provider("b"), provider("c")},
          catalog_(providers_, {{"a", {{{"big", 0}, {"small", 0}}}},
                                {"b", {{{"big", 0}, {"other", 0}}}},
                                {"c", {{{"big", 0}}}}}) {}

    std::vector<std::string> chain(const std::string& model,
                                   const std::optional<std::string>& with = std::nullopt) {
        std::vector<std::string> selectors;
        const Model& source = *catalog_.find(model, with);
        for (const Model* each : fallback_chain(rules_, catalog_, source, model, with)) {
            selectors.push_back(each->selector);
        }
        return selectors;
    }

    using Selectors = std::vector<std::string>;

    std::vector<std::shared_ptr<const Provider>> providers_;
    Catalog catalog_;
    config::Fallback rules_;
};

TEST_F(FailoverTest, WithoutRulesThereIsNone) {
    EXPECT_EQ(chain("big"), Selectors{});
}

TEST_F(FailoverTest, RulesAreFollowedInOrderEachModelOnce) {
    rules_.manual_rules["big"] = {"b/other", "gone", "a/big", "other", "c/big", "nowhere/big"};
    EXPECT_EQ(chain("big"), (Selectors{"b/other", "c/big"}));
}

TEST_F(FailoverTest, TheMostTellingSelectorOfARequestWins) {
    rules_.manual_rules["a/big"] = {"b/big"};
    rules_.manual_rules["big"] = {"c/big"};
    EXPECT_EQ(chain("big"), (Selectors{"b/big"}));
    EXPECT_EQ(chain("big", "a"), (Selectors{"b/big"}));
    EXPECT_EQ(chain("b/big"), (Selectors{"c/big"}));
    // What the client said comes first, even where it names a type.
    rules_.manual_rules["openai/big"] = {"b/other"};
    EXPECT_EQ(chain("big", "openai"), (Selectors{"b/other"}));
}

TEST_F(FailoverTest, OverridesDecideByModel) {
    rules_.manual_rules["big"] = {"c/big"};
    rules_.overrides["a/big"] = FallbackMode::kOff;
    EXPECT_EQ(chain("big"), Selectors{});
    EXPECT_EQ(chain("b/big"), (Selectors{"c/big"}));
    rules_.default_mode = FallbackMode::kOff;
    rules_.overrides["a/big"] = FallbackMode::kManual;
    EXPECT_EQ(chain("big"), (Selectors{"c/big"}));
    EXPECT_EQ(chain("b/big"), Selectors{});
}

TEST_F(FailoverTest, AutoAddsTheSameModelOfOtherProviders) {
    rules_.default_mode = FallbackMode::kAuto;
    EXPECT_EQ(chain("big"), (Selectors{"b/big", "c/big"}));
    EXPECT_EQ(chain("small"), Selectors{});
    rules_.manual_rules["big"] = {"c/big", "small"};
    EXPECT_EQ(chain("big"), (Selectors{"c/big", "a/small", "b/big"}));
}

TEST_F(FailoverTest, AutoAddsModelsThatStandInTheSameRanking) {
    const auto list = ModelList::parse(
        R"({"models":{"big":{"modes":["chat"],"rankings":{"chatbot_arena":{"elo":1300}}},)"
        R"("small":{"modes":["chat"],"rankings":{"chatbot_arena":{"elo":1200}}},)"
        R"("other":{"modes":["chat"],"rankings":{"chatbot_arena":{"elo":1250}}}}})");
    const Catalog catalog(providers_,
                          {{"a", {{{"big", 0}, {"small", 0}}}}, {"b", {{{"other", 0}}}}}, *list);
    rules_.default_mode = FallbackMode::kAuto;
    const auto found = fallback_chain(rules_, catalog, *catalog.find("big"), "big", {});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0]->selector, "b/other");
    EXPECT_EQ(found[1]->selector, "a/small");
}

TEST_F(FailoverTest, WhoMayFallBackIsKnownWithoutTheCatalogue) {
    const auto may = [this](const std::string& model) {
        return may_fall_back(rules_, *catalog_.find(model), model, {});
    };
    EXPECT_FALSE(may("big"));
    rules_.manual_rules["a/big"] = {"gone"};
    EXPECT_TRUE(may("big"));
    EXPECT_FALSE(may("small"));
    rules_.default_mode = FallbackMode::kAuto;
    EXPECT_TRUE(may("small"));
    rules_.overrides["small"] = FallbackMode::kOff;
    EXPECT_FALSE(may("small"));
}

TEST_F(FailoverTest, AutoAddsFiveAtMost) {
    std::vector<std::shared_ptr<const Provider>> many;
    std::map<std::string, Inventory> inventories;
    for (const char* const name : {"p1", "p2", "p3", "p4", "p5", "p6", "p7"}) {
        many.push_back(provider(name));
        inventories[name].models = {{"big", 0}};
    }
    const Catalog catalog(many, inventories);
    rules_.default_mode = FallbackMode::kAuto;
    EXPECT_EQ(fallback_chain(rules_, catalog, *catalog.find("big"), "big", {}).size(), 5U);
}

dialect::ApiError error(int status, std::string message, std::optional<std::string> code = {}) {
    dialect::ApiError made;
    made.status = status;
    made.message = std::move(message);
    made.code = std::move(code);
    return made;
}

TEST(FallbackTrigger, IsAProviderThatCannotOrAModelThatIsGone) {
    EXPECT_TRUE(calls_for_fallback(error(500, "")));
    EXPECT_TRUE(calls_for_fallback(error(503, "")));
    EXPECT_TRUE(calls_for_fallback(error(504, "")));
    EXPECT_TRUE(calls_for_fallback(error(429, "")));
    EXPECT_TRUE(calls_for_fallback(error(404, "no", "Model_Not_Found")));
    EXPECT_TRUE(calls_for_fallback(error(400, "no", "unsupported_model")));
    EXPECT_TRUE(calls_for_fallback(error(404, "The model `x` does not exist")));
    EXPECT_TRUE(calls_for_fallback(error(400, "This MODEL has been Deprecated")));
}

TEST(FallbackTrigger, IsNoFaultOfTheRequest) {
    EXPECT_FALSE(calls_for_fallback(error(400, "messages is required")));
    EXPECT_FALSE(calls_for_fallback(error(400, "the model needs a prompt")));
    EXPECT_FALSE(calls_for_fallback(error(404, "not found")));
    EXPECT_FALSE(calls_for_fallback(error(401, "", "not_found")));
    EXPECT_FALSE(calls_for_fallback(error(499, "the client closed the request")));
}

}  // namespace
}  // namespace gomodel::gateway
