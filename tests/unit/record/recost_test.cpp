// A row that was written before gets the costs it would get today, and nothing else of it changes.
#include "record/recost.hpp"

#include <gtest/gtest.h>

namespace gomodel::record {
namespace {

constexpr std::string_view kRow =
    R"({"id":"a","model":"m-2024","provider":"openai","provider_name":"main",)"
    R"("endpoint":"/v1/chat/completions","input_tokens":1000,"output_tokens":10,)"
    R"("total_tokens":1010,"raw_data":{"prompt_cached_tokens":500,"model_id":"m","strange_tokens":1},)"
    R"("input_cost":null,"output_cost":null,"total_cost":null,"costs_calculation_caveat":""})";

gateway::Pricing price() {
    gateway::Pricing pricing;
    pricing.input_per_mtok = 1000;
    pricing.cached_input_per_mtok = 100;
    return pricing;
}

TEST(Recost, WorksOutCosts) {
    const json::Tree tree(kRow);
    EXPECT_EQ(recosted(tree.root(), price(), nullptr),
              R"({"id":"a","model":"m-2024","provider":"openai","provider_name":"main",)"
              R"("endpoint":"/v1/chat/completions","input_tokens":1000,"output_tokens":10,)"
              R"("total_tokens":1010,"raw_data":{"prompt_cached_tokens":500,"model_id":"m",)"
              R"("strange_tokens":1},"input_cost":0.55,"output_cost":null,"total_cost":0.55,)"
              R"("costs_calculation_caveat":"unmapped token field: strange_tokens"})");
}

TEST(Recost, WhatIsRightAlreadyIsLeft) {
    const json::Tree tree(kRow);
    const std::string once = *recosted(tree.root(), price(), nullptr);
    const json::Tree again(once);
    EXPECT_EQ(recosted(again.root(), price(), nullptr), std::nullopt);
    const json::Tree rounded(R"({"id":"a","model":"m","provider":"openai","endpoint":"",)"
                             R"("input_tokens":7,"output_tokens":0,"total_tokens":7,)"
                             R"("raw_data":null,"input_cost":0.00233333333333333,)"
                             R"("total_cost":0.00233333333333333})");
    gateway::Pricing thirds;
    thirds.input_per_mtok = 1000.0 / 3;
    EXPECT_EQ(recosted(rounded.root(), thirds, nullptr), std::nullopt);
    gateway::Pricing other = price();
    other.output_per_mtok = 1;
    EXPECT_NE(recosted(again.root(), other, nullptr), std::nullopt);
}

TEST(Recost, ARowThatDoesNotSayHowMuchWasUsedIsLeft) {
    const json::Tree tree(R"({"id":"a","model":"m","provider":"openai","endpoint":"/v1/responses",)"
                          R"("input_tokens":0,"output_tokens":0,"total_tokens":0,)"
                          R"("raw_data":{"status":503,"end":"upstream_failed"}})");
    gateway::Pricing pricing = price();
    pricing.per_request = 1;
    EXPECT_EQ(recosted(tree.root(), pricing, nullptr), std::nullopt);
}

TEST(Recost, KnowsWhichModelARowIsOf) {
    const json::Tree tree(kRow);
    EXPECT_EQ(model_of(tree.root()).id, "m");
    EXPECT_EQ(model_of(tree.root()).provider_name, "main");
    const json::Tree old(R"({"model":"n","provider":"openai","provider_name":"","raw_data":null})");
    EXPECT_EQ(model_of(old.root()).id, "n");
    EXPECT_EQ(model_of(old.root()).provider_name, "openai");
}

}  // namespace
}  // namespace gomodel::record
