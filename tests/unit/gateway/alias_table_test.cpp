#include "gateway/alias_table.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

class AliasTableTest : public testing::Test {
protected:
    std::string choose(std::string_view model,
                       const std::optional<std::string>& provider = std::nullopt) {
        const ModelChoice choice = choose_model(catalog_, &aliases_, model, provider);
        if (choice.model == nullptr) return "none";
        return choice.model->selector + (choice.alias_used ? " by alias" : "");
    }

    static std::shared_ptr<const Provider> provider(const std::string& name) {
        return std::make_shared<const Provider>(Provider{name, "openai", nullptr, {}, {}});
    }

    const std::vector<std::shared_ptr<const Provider>> providers_{provider("a"), provider("b")};
    const Catalog catalog_{providers_,
                           {{"a", {{{"big", 0}, {"small", 0}}}}, {"b", {{{"big", 0}}}}}};
    const AliasTable aliases_{{{"fast", "small", "", ""},
                               {"a/big", "b/big", "", ""},
                               {"smart", "big", "b", ""},
                               {"typed", "small", "openai", ""},
                               {"off", "big", "", "", false},
                               {"small", "absent", "", ""},
                               {"chain", "fast", "", ""}}};
};

TEST_F(AliasTableTest, AnAliasComesFirst) {
    EXPECT_EQ(choose("fast"), "a/small by alias");
    EXPECT_EQ(choose(" smart "), "b/big by alias");
    EXPECT_EQ(choose("typed"), "a/small by alias");
    EXPECT_EQ(choose("a/big"), "b/big by alias") << "it may shadow a selector";
}

TEST_F(AliasTableTest, WhatLeadsNowhereIsAsIfItWereNotThere) {
    EXPECT_EQ(choose("off"), "none");
    EXPECT_EQ(choose("small"), "a/small") << "its target is gone";
    EXPECT_EQ(choose("chain"), "none") << "an alias of an alias";
    EXPECT_EQ(choose("Fast"), "none");
}

TEST_F(AliasTableTest, AClientThatNamesAProviderMeansNoAlias) {
    EXPECT_EQ(choose("fast", "a"), "none");
    EXPECT_EQ(choose("a/big", "a"), "a/big");
    EXPECT_EQ(choose("fast", " "), "a/small by alias");
}

TEST_F(AliasTableTest, WithoutATableThereAreModels) {
    EXPECT_EQ(choose_model(catalog_, nullptr, "big", {}).model->selector, "a/big");
    EXPECT_EQ(choose_model(catalog_, nullptr, "fast", {}).model, nullptr);
}

TEST_F(AliasTableTest, TargetsAreNamedAsClientsNameModels) {
    EXPECT_EQ((Alias{"x", "m", "p", ""}.target()), "p/m");
    EXPECT_EQ((Alias{"x", "p/m", "p", ""}.target()), "p/m");
    EXPECT_EQ((Alias{"x", "q/m", "p", ""}.target()), "p/q/m");
    EXPECT_EQ((Alias{"x", "m", "", ""}.target()), "m");
}

}  // namespace
}  // namespace gomodel::gateway
