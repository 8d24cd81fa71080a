// What a model costs, as model lists and configurations say it. A plain value; every price is
// optional: an absent one is unknown, which is not the same as free.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace gomodel::record {

using Price = std::optional<double>;

// Rates for requests with up to so many input tokens.
struct PricingTier {
    Price up_to_mtok;  // absent: any number
    Price input_per_mtok;
    Price output_per_mtok;
};

struct Pricing {
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
    std::vector<PricingTier> tiers;  // by rising up_to_mtok
};

}  // namespace gomodel::record
