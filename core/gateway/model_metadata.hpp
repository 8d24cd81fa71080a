// What is known about a model beyond its id: what it is called, what it can do, what it costs. What
// is not known is absent, never zero. Plain values; pure; any thread.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::gateway {

// A price that holds up to so many million tokens; without a limit, for all that are left.
struct PriceTier {
    std::optional<double> up_to_mtok;
    std::optional<double> input_per_mtok;
    std::optional<double> output_per_mtok;
    bool operator==(const PriceTier&) const = default;
};

struct Pricing {
    std::string currency;
    std::optional<double> input_per_mtok;
    std::optional<double> output_per_mtok;
    std::optional<double> cached_input_per_mtok;
    std::optional<double> cache_write_per_mtok;
    std::optional<double> reasoning_output_per_mtok;
    std::optional<double> batch_input_per_mtok;
    std::optional<double> batch_output_per_mtok;
    std::optional<double> audio_input_per_mtok;
    std::optional<double> audio_output_per_mtok;
    std::optional<double> per_image;
    std::optional<double> input_per_image;
    std::optional<double> per_second_input;
    std::optional<double> per_second_output;
    std::optional<double> per_character_input;
    std::optional<double> per_request;
    std::optional<double> per_page;
    std::vector<PriceTier> tiers;
    bool operator==(const Pricing&) const = default;
};

// The prices by the names that model lists, configurations and plugins say.
struct PriceName {
    std::string_view name;
    std::optional<double> Pricing::*value;
};
inline constexpr PriceName kPriceNames[] = {
    {"input_per_mtok", &Pricing::input_per_mtok},
    {"output_per_mtok", &Pricing::output_per_mtok},
    {"cached_input_per_mtok", &Pricing::cached_input_per_mtok},
    {"cache_write_per_mtok", &Pricing::cache_write_per_mtok},
    {"reasoning_output_per_mtok", &Pricing::reasoning_output_per_mtok},
    {"batch_input_per_mtok", &Pricing::batch_input_per_mtok},
    {"batch_output_per_mtok", &Pricing::batch_output_per_mtok},
    {"audio_input_per_mtok", &Pricing::audio_input_per_mtok},
    {"audio_output_per_mtok", &Pricing::audio_output_per_mtok},
    {"per_image", &Pricing::per_image},
    {"input_per_image", &Pricing::input_per_image},
    {"per_second_input", &Pricing::per_second_input},
    {"per_second_output", &Pricing::per_second_output},
    {"per_character_input", &Pricing::per_character_input},
    {"per_request", &Pricing::per_request},
    {"per_page", &Pricing::per_page},
};

struct Ranking {
    std::optional<double> elo;
    std::optional<std::int64_t> rank;
    std::string as_of;
    bool operator==(const Ranking&) const = default;
};

struct ModelMetadata {
    std::string display_name;
    std::string description;
    std::string family;
    std::vector<std::string> modes;
    std::vector<std::string> categories;
    std::vector<std::string> tags;
    std::optional<std::int64_t> context_window;
    std::optional<std::int64_t> max_output_tokens;
    std::map<std::string, bool> capabilities;
    std::map<std::string, Ranking> rankings;
    std::optional<Pricing> pricing;

    bool operator==(const ModelMetadata&) const = default;
    bool empty() const { return *this == ModelMetadata(); }
};

// A group of models in the user interface.
struct Category {
    std::string_view id;
    std::string_view name;
};
inline constexpr Category kCategories[] = {{"all", "All"},
                                           {"text_generation", "Text Generation"},
                                           {"embedding", "Embeddings"},
                                           {"image", "Image"},
                                           {"audio", "Audio"},
                                           {"video", "Video"},
                                           {"utility", "Utility"}};

// In the order of the modes; unknown modes have none.
std::vector<std::string> categories_of(const std::vector<std::string>& modes);

// Reads an object with the members of `metadata`; others are ignored. nullopt: it is no object, or
// a member has a wrong type. Categories are as given.
std::optional<ModelMetadata> read_metadata(json::Node object);
std::optional<Pricing> read_pricing(json::Node object);
// What is wrong with prices that a person wrote: unknown members, prices below 0, or none at all.
// Names the member; empty: nothing.
std::string fault_of_pricing(json::Node object);
std::optional<std::map<std::string, bool>> read_flags(json::Node object);

// What `over` says replaces what `metadata` says: texts, lists, numbers and prices as a whole,
// capabilities and rankings one by one. New modes without categories bring the categories along.
void override_metadata(ModelMetadata& metadata, const ModelMetadata& over);

// As the value of a `metadata` member: what is empty is left out.
void write_metadata(json::Out& out, const ModelMetadata& metadata);
void write_pricing(json::Out& out, const Pricing& pricing);

}  // namespace gomodel::gateway
