#include "record/cost.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <vector>

namespace gomodel::record {
namespace {

constexpr double kMillion = 1e6;

enum class Side : std::uint8_t { kInput, kOutput };

// How a count that a provider reports is charged.
enum class Charge : std::uint8_t {
    kInstead,  // it is part of the tokens of its side: another rate for these
    kBesides,  // it comes on top of them
    kUnits,    // it counts units that have a price each
};

using Field = Price Pricing::*;

struct Mapping {
    std::string_view name;  // of the extra
    Field price;
    Side side;
    Charge charge;
};

constexpr Field kCached = &Pricing::cached_input_per_mtok;
constexpr Field kReasoning = &Pricing::reasoning_output_per_mtok;

constexpr Mapping kOpenAi[] = {
    {"cached_tokens", kCached, Side::kInput, Charge::kInstead},
    {"prompt_cached_tokens", kCached, Side::kInput, Charge::kInstead},
    {"reasoning_tokens", kReasoning, Side::kOutput, Charge::kInstead},
    {"completion_reasoning_tokens", kReasoning, Side::kOutput, Charge::kInstead},
    {"prompt_audio_tokens", &Pricing::audio_input_per_mtok, Side::kInput, Charge::kInstead},
    {"completion_audio_tokens", &Pricing::audio_output_per_mtok, Side::kOutput, Charge::kInstead},
};
constexpr Mapping kAnthropic[] = {
    {"cache_read_input_tokens", kCached, Side::kInput, Charge::kBesides},
    {"cache_creation_input_tokens", &Pricing::cache_write_per_mtok, Side::kInput, Charge::kBesides},
};
constexpr Mapping kGemini[] = {
    {"cached_tokens", kCached, Side::kInput, Charge::kInstead},
    {"prompt_cached_tokens", kCached, Side::kInput, Charge::kInstead},
    {"thought_tokens", kReasoning, Side::kOutput, Charge::kInstead},
    {"reasoning_tokens", kReasoning, Side::kOutput, Charge::kInstead},
    {"completion_reasoning_tokens", kReasoning, Side::kOutput, Charge::kInstead},
};
constexpr Mapping kGroq[] = {
    {"cached_tokens", kCached, Side::kInput, Charge::kInstead},
    {"prompt_cached_tokens", kCached, Side::kInput, Charge::kInstead},
    {"reasoning_tokens", kReasoning, Side::kOutput, Charge::kInstead},
    {"completion_reasoning_tokens", kReasoning, Side::kOutput, Charge::kInstead},
};
constexpr Mapping kXai[] = {
    {"cached_tokens", kCached, Side::kInput, Charge::kInstead},
    {"prompt_cached_tokens", kCached, Side::kInput, Charge::kInstead},
    {"reasoning_tokens", kReasoning, Side::kOutput, Charge::kBesides},
    {"completion_reasoning_tokens", kReasoning, Side::kOutput, Charge::kBesides},
    {"image_tokens", &Pricing::input_per_image, Side::kInput, Charge::kUnits},
};
// What is sold by the piece, whoever sells it.
constexpr Mapping kUnits[] = {
    {"seconds", &Pricing::per_second_input, Side::kInput, Charge::kUnits},
    {"input_seconds", &Pricing::per_second_input, Side::kInput, Charge::kUnits},
    {"output_seconds", &Pricing::per_second_output, Side::kOutput, Charge::kUnits},
    {"characters", &Pricing::per_character_input, Side::kInput, Charge::kUnits},
    {"input_characters", &Pricing::per_character_input, Side::kInput, Charge::kUnits},
    {"pages_processed", &Pricing::per_page, Side::kInput, Charge::kUnits},
    {"pages", &Pricing::per_page, Side::kInput, Charge::kUnits},
    {"input_images", &Pricing::input_per_image, Side::kInput, Charge::kUnits},
    {"generated_images", &Pricing::per_image, Side::kOutput, Charge::kUnits},
    {"output_images", &Pricing::per_image, Side::kOutput, Charge::kUnits},
};

// Parts of the prompt or the answer that have no price of their own anywhere.
constexpr std::array<std::string_view, 6> kInformational = {
    "prompt_text_tokens",
    "prompt_image_tokens",
    "completion_text_tokens",
    "completion_image_tokens",
    "completion_accepted_prediction_tokens",
    "completion_rejected_prediction_tokens"};

// Types without a row of their own speak OpenAI's dialect and report what it does.
std::span<const Mapping> mappings_of(std::string_view type) {
    if (type == "anthropic") return kAnthropic;
    if (type == "gemini") return kGemini;
    if (type == "groq") return kGroq;
    if (type == "xai") return kXai;
    return kOpenAi;
}

bool is_batch(std::string_view endpoint) {
    constexpr std::string_view kBatches = "/v1/batches";
    return endpoint.starts_with(kBatches) &&
           (endpoint.size() == kBatches.size() || endpoint[kBatches.size()] == '/');
}

class Bill {
public:
    Bill(const CostInputs& inputs, const Pricing& pricing) : inputs_(inputs), pricing_(pricing) {
        rates_ = {pricing.input_per_mtok, pricing.output_per_mtok};
        use_tier();
        if (!is_batch(inputs.endpoint)) return;
        if (pricing.batch_input_per_mtok) rates_[0] = pricing.batch_input_per_mtok;
        if (pricing.batch_output_per_mtok) rates_[1] = pricing.batch_output_per_mtok;
    }

    Cost total() {
        charge_tokens(Side::kInput, inputs_.input_tokens);
        charge_tokens(Side::kOutput, inputs_.output_tokens);
        for (const Mapping& mapping : mappings_of(inputs_.provider_type))
            apply(mapping);
        for (const Mapping& mapping : kUnits)
            apply(mapping);
        if (pricing_.per_request) add(Side::kOutput, *pricing_.per_request);
        Cost cost{sums_[0], sums_[1], std::nullopt, caveat()};
        if (cost.input || cost.output)
            cost.total = cost.input.value_or(0) + cost.output.value_or(0);
        return cost;
    }

private:
    static std::size_t index(Side side) { return static_cast<std::size_t>(side); }

    // The first tier that has room for the prompt has the rates of the whole request.
    void use_tier() {
        for (const PricingTier& tier : pricing_.tiers) {
            const double limit = tier.up_to_mtok.value_or(0) * kMillion;
            if (tier.up_to_mtok && static_cast<double>(inputs_.input_tokens) > limit) continue;
            if (tier.input_per_mtok) rates_[0] = tier.input_per_mtok;
            if (tier.output_per_mtok) rates_[1] = tier.output_per_mtok;
            return;
        }
    }

    void add(Side side, double amount) {
        sums_[index(side)] = sums_[index(side)].value_or(0) + amount;
    }

    void charge_tokens(Side side, std::int64_t tokens) {
        const Price rate = rates_[index(side)];
        if (rate) add(side, static_cast<double>(tokens) * *rate / kMillion);
    }

    double count(std::string_view name) const {
        if (inputs_.extras == nullptr) return 0;
        for (const UsageExtra& extra : *inputs_.extras) {
            if (extra.name == name) return extra.count;
        }
        return 0;
    }

    void apply(const Mapping& mapping) {
        const double amount = count(mapping.name);
        if (amount <= 0) return;
        mapped_.insert(mapping.name);
        // Two names of one thing are charged once.
        if (std::find(applied_.begin(), applied_.end(), mapping.price) != applied_.end()) return;
        const Price base = rates_[index(mapping.side)];
        Price price = pricing_.*mapping.price;
        // Tokens on top of the others cost at least what those do.
        if (!price && mapping.charge == Charge::kBesides) price = base;
        if (!price) return;
        applied_.push_back(mapping.price);
        switch (mapping.charge) {
            case Charge::kInstead:
                add(mapping.side, amount * (*price - base.value_or(0)) / kMillion);
                break;
            case Charge::kBesides:
                add(mapping.side, amount * *price / kMillion);
                break;
            case Charge::kUnits:
                add(mapping.side, amount * *price);
                break;
        }
    }

    std::string caveat() const {
        std::set<std::string_view> left_out;
        static const UsageExtras kNone;
        for (const UsageExtra& extra : inputs_.extras == nullptr ? kNone : *inputs_.extras) {
            const std::string_view name = extra.name;
            const bool counts = name.ends_with("_tokens") || name.ends_with("_count");
            if (!counts || extra.count <= 0 || mapped_.count(name) != 0) continue;
            if (std::find(kInformational.begin(), kInformational.end(), name) !=
                kInformational.end())
                continue;
            left_out.insert(name);
        }
        std::string text;
        for (const std::string_view name : left_out) {
            if (!text.empty()) text += "; ";
            text.append("unmapped token field: ").append(name);
        }
        return text;
    }

    const CostInputs& inputs_;
    const Pricing& pricing_;
    std::array<Price, 2> rates_;  // by side
    std::array<std::optional<double>, 2> sums_;
    std::set<std::string_view> mapped_;
    std::vector<Field> applied_;
};

}  // namespace

Cost cost_of(const CostInputs& inputs, const Pricing& pricing) {
    return Bill(inputs, pricing).total();
}

}  // namespace gomodel::record
