// What a model costs, as model lists and configurations say it. A plain value; every price is
// optional: an absent one is unknown, which is not the same as free.
#pragma once

#include <Poco/JSON/Object.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::gateway {

using Price = std::optional<double>;

// Rates for requests with up to so many input tokens.
struct RateTier {
    Price up_to_mtok;  // absent: any number
    Price input_per_mtok;
    Price output_per_mtok;
};

struct Prices {
    std::string currency;
    // Per million tokens.
    Price input_per_mtok;
    Price output_per_mtok;
    Price cached_input_per_mtok;
    Price cache_write_per_mtok;
    Price reasoning_output_per_mtok;
    Price batch_input_per_mtok;
    Price batch_output_per_mtok;
    Price audio_input_per_mtok;
    Price audio_output_per_mtok;
    // Per unit.
    Price per_image;
    Price input_per_image;
    Price per_second_input;
    Price per_second_output;
    Price per_character_input;
    Price per_request;
    Price per_page;
    std::vector<RateTier> tiers;  // by rising up_to_mtok
};

// The prices by the names they have in model lists and configurations.
struct PriceName {
    std::string_view name;  // "input_per_mtok"
    Price Prices::*price;
};
std::span<const PriceName> price_names();

// What the object says. Members that are unknown or no numbers from 0 on are left out.
Prices read_prices(const Poco::JSON::Object& object);

}  // namespace gomodel::gateway
