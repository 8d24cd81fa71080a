// What a request cost, from the tokens its provider counted and the prices of its model. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/model_metadata.hpp"
#include "plugin/schema.hpp"
#include "record/usage_extras.hpp"

namespace gomodel::record {

struct CostInputs {
    // Which prices the provider's fields have; nullptr: those that OpenAI's have.
    const std::vector<plugin::UsageField>* fields = nullptr;
    std::string_view endpoint;  // "/v1/batches" and below have prices of their own
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    const UsageExtras* extras = nullptr;
};

// Absent: unknown.
struct Cost {
    std::optional<double> input;
    std::optional<double> output;
    std::optional<double> total;  // of what is known
    std::string caveat;           // what the costs leave out; empty: nothing
};

// As JSON; null: unknown.
std::string cost_json(const std::optional<double>& cost);

Cost cost_of(const CostInputs& inputs, const gateway::Pricing& pricing);

}  // namespace gomodel::record
