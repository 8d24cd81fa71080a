#include "record/cost.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <vector>

namespace gomodel::record {
namespace {

constexpr double kMillion = 1e6;

using gateway::Pricing;
using plugin::UsageCharge;

enum class Side : std::uint8_t { kInput, kOutput };
using Price = std::optional<double>;
using Field = Price Pricing::*;

struct Mapping {
    std::string_view name;  // of the extra
    Field price;
    UsageCharge charge;
};

constexpr Field kCached = &Pricing::cached_input_per_mtok;
constexpr Field kReasoning = &Pricing::reasoning_output_per_mtok;

// What a provider means that declares nothing: it speaks OpenAI's dialect and counts as OpenAI
// does.
constexpr Mapping kUsual[] = {
    {"cached_tokens", kCached, UsageCharge::kInside},
    {"prompt_cached_tokens", kCached, UsageCharge::kInside},
    {"reasoning_tokens", kReasoning, UsageCharge::kInside},
    {"completion_reasoning_tokens", kReasoning, UsageCharge::kInside},
    {"prompt_audio_tokens", &Pricing::audio_input_per_mtok, UsageCharge::kInside},
    {"completion_audio_tokens", &Pricing::audio_output_per_mtok, UsageCharge::kInside},
};
// What is sold by the piece, whoever sells it.
constexpr Mapping kUnits[] = {
    {"seconds", &Pricing::per_second_input, UsageCharge::kEach},
    {"input_seconds", &Pricing::per_second_input, UsageCharge::kEach},
    {"output_seconds", &Pricing::per_second_output, UsageCharge::kEach},
    {"characters", &Pricing::per_character_input, UsageCharge::kEach},
    {"input_characters", &Pricing::per_character_input, UsageCharge::kEach},
    {"pages_processed", &Pricing::per_page, UsageCharge::kEach},
    {"pages", &Pricing::per_page, UsageCharge::kEach},
    {"input_images", &Pricing::input_per_image, UsageCharge::kEach},
    {"generated_images", &Pricing::per_image, UsageCharge::kEach},
    {"output_images", &Pricing::per_image, UsageCharge::kEach},
};

// On which side a price is charged.
Side side_of(Field price) {
    constexpr std::array<Field, 5> kOutput = {
        &Pricing::output_per_mtok, &Pricing::reasoning_output_per_mtok,
        &Pricing::audio_output_per_mtok, &Pricing::per_image, &Pricing::per_second_output};
    return std::find(kOutput.begin(), kOutput.end(), price) == kOutput.end() ? Side::kInput
                                                                             : Side::kOutput;
}

// Declared with a price that nobody knows, a field is left to the caveat.
std::vector<Mapping> mappings_of(const std::vector<plugin::UsageField>* declared) {
    if (declared == nullptr) return {std::begin(kUsual), std::end(kUsual)};
    std::vector<Mapping> mappings;
    for (const plugin::UsageField& field : *declared) {
        for (const gateway::PriceName& known : gateway::kPriceNames) {
            if (known.name == field.price)
                mappings.push_back({field.name, known.value, field.charge});
        }
    }
    return mappings;
}

// Parts of the prompt or the answer that have no price of their own anywhere.
constexpr std::array<std::string_view, 6> kInformational = {
    "prompt_text_tokens",
    "prompt_image_tokens",
    "completion_text_tokens",
    "completion_image_tokens",
    "completion_accepted_prediction_tokens",
    "completion_rejected_prediction_tokens"};

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
        for (const Mapping& mapping : mappings_of(inputs_.fields))
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
        for (const gateway::PriceTier& tier : pricing_.tiers) {
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
        const Side side = side_of(mapping.price);
        const Price base = rates_[index(side)];
        Price price = pricing_.*mapping.price;
        // Tokens on top of the others cost at least what those do.
        if (!price && mapping.charge == UsageCharge::kBesides) price = base;
        if (!price) return;
        applied_.push_back(mapping.price);
        switch (mapping.charge) {
            case UsageCharge::kInside:
                add(side, amount * (*price - base.value_or(0)) / kMillion);
                break;
            case UsageCharge::kBesides:
                add(side, amount * *price / kMillion);
                break;
            case UsageCharge::kEach:
                add(side, amount * *price);
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

std::string cost_json(const std::optional<double>& cost) {
    if (!cost || !std::isfinite(*cost)) return "null";
    std::array<char, 40> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), *cost).ptr};
}

Cost cost_of(const CostInputs& inputs, const Pricing& pricing) {
    return Bill(inputs, pricing).total();
}

}  // namespace gomodel::record
