// The most specific price that an operator set holds, then what is known of the model itself.
#include "gateway/price_table.hpp"

#include <gtest/gtest.h>

namespace gomodel::gateway {
namespace {

Pricing costs(double input) {
    Pricing pricing;
    pricing.input_per_mtok = input;
    return pricing;
}

TEST(PriceTable, TheMostSpecificPriceHolds) {
    const Provider provider{"main", "openai", nullptr, {}, {}};
    ModelMetadata metadata;
    metadata.pricing = costs(1);
    const Model priced{"m",       "main/m", 0,
                       &provider, {},       std::make_shared<const ModelMetadata>(metadata)};
    const Model unpriced{"n", "main/n", 0, &provider};
    EXPECT_EQ(price_of(priced, nullptr)->input_per_mtok, 1);
    EXPECT_EQ(price_of(unpriced, nullptr), nullptr);

    const auto by_id = std::make_shared<const PriceTable>(
        std::vector<ManagedPrice>{{"m", 1, costs(2), {}}, {"k", 1, costs(9), {}}});
    EXPECT_EQ(price_of(priced, by_id)->input_per_mtok, 2);
    EXPECT_EQ(price_of(unpriced, by_id), nullptr);
    const auto both = std::make_shared<const PriceTable>(std::vector<ManagedPrice>{
        {"m", 1, costs(2), {}}, {"main/m", 1, costs(3), {}}, {"other/m", 1, costs(4), {}}});
    EXPECT_EQ(price_of(priced, both)->input_per_mtok, 3);
    EXPECT_EQ(both->find("third", "m")->pricing.input_per_mtok, 2);
    EXPECT_EQ(both->exactly("main"), nullptr);
    EXPECT_EQ(both->prices()[1].model, "main/m");
}

TEST(PriceTable, APriceOutlivesItsTable) {
    const Provider provider{"main", "openai", nullptr, {}, {}};
    const Model model{"m", "main/m", 0, &provider};
    auto table =
        std::make_shared<const PriceTable>(std::vector<ManagedPrice>{{"m", 1, costs(2), {}}});
    const auto price = price_of(model, table);
    table.reset();
    EXPECT_EQ(price->input_per_mtok, 2);
}

std::string fault(std::string_view json) {
    const json::Tree tree(json);
    return fault_of_pricing(tree.root());
}

TEST(PricingFault, NamesTheMember) {
    EXPECT_EQ(fault(R"({"input_per_mtok":0,"currency":"EUR","per_page":null})"), "");
    EXPECT_EQ(fault(R"({"tiers":[{"up_to_mtok":0.1,"output_per_mtok":2}]})"), "");
    EXPECT_EQ(fault("7"), "pricing must be an object");
    EXPECT_EQ(fault("{}"), "at least one price is required");
    EXPECT_EQ(fault(R"({"tiers":[]})"), "at least one price is required");
    EXPECT_EQ(fault(R"({"input_per_mtok":null})"), "at least one price is required");
    EXPECT_EQ(fault(R"({"per_pages":1})"), "unknown price: per_pages");
    EXPECT_EQ(fault(R"({"per_page":"1"})"), "per_page must be a number from 0 to 1e12");
    EXPECT_EQ(fault(R"({"per_page":-0.1})"), "per_page must be a number from 0 to 1e12");
    EXPECT_EQ(fault(R"({"tiers":[{"x":1}]})"), "unknown price: tiers.x");
    EXPECT_EQ(fault(R"({"tiers":[{"input_per_mtok":{}}]})"),
              "tiers.input_per_mtok must be a number from 0 to 1e12");
    EXPECT_EQ(fault(R"({"tiers":{}})"), "tiers must be a list of objects");
    EXPECT_EQ(fault(R"({"per_page":1,"currency":5})"),
              "currency must be a string of at most 16 letters");
}

}  // namespace
}  // namespace gomodel::gateway
