#include "record/recost.hpp"

#include <gomodel/json_out.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include "record/usage_entry.hpp"

namespace gomodel::record {
namespace {

constexpr std::array<std::string_view, 4> kCosts = {"input_cost", "output_cost", "total_cost",
                                                    "costs_calculation_caveat"};

std::int64_t tokens(json::Node row, std::string_view name) {
    return row[name].integer().value_or(0);
}

UsageExtras extras_of(json::Node raw_data) {
    UsageExtras extras;
    if (!raw_data.is_object()) return extras;
    for (const json::Node member : raw_data) {
        const double count = std::max(0.0, member.number().value_or(0));
        extras.push_back({std::string(member.name()), std::string(member.raw()), count});
    }
    return extras;
}

bool any_used(json::Node row, const UsageExtras& extras) {
    return tokens(row, "input_tokens") > 0 || tokens(row, "output_tokens") > 0 ||
           tokens(row, "total_tokens") > 0 ||
           std::any_of(extras.begin(), extras.end(), [](const UsageExtra& extra) {
               return extra.count > 0 && extra.name != "status";
           });
}

// Databases give back 15 digits of what they were given.
bool same(const std::optional<double>& stored, const std::optional<double>& cost) {
    if (!stored || !cost) return stored.has_value() == cost.has_value();
    constexpr double kDigits = 1e-14;
    return std::abs(*stored - *cost) <= kDigits * std::max(std::abs(*stored), std::abs(*cost));
}

bool same(json::Node row, const Cost& cost) {
    return same(row["input_cost"].number(), cost.input) &&
           same(row["output_cost"].number(), cost.output) &&
           same(row["total_cost"].number(), cost.total) &&
           row["costs_calculation_caveat"].text() == cost.caveat;
}

}  // namespace

RowModel model_of(json::Node row) {
    RowModel model;
    model.provider_type = row["provider"].text();
    model.provider_name = row["provider_name"].text();
    if (model.provider_name.empty()) model.provider_name = model.provider_type;
    const json::Node id = row["raw_data"][kModelId];
    model.id = id.is_string() ? id.text() : row["model"].text();
    return model;
}

std::optional<std::string> recosted(json::Node row, const gateway::Pricing& pricing,
                                    const std::vector<plugin::UsageField>* fields) {
    const UsageExtras extras = extras_of(row["raw_data"]);
    if (!any_used(row, extras)) return std::nullopt;
    const std::string endpoint = row["endpoint"].text();
    const Cost cost = cost_of(
        {fields, endpoint, tokens(row, "input_tokens"), tokens(row, "output_tokens"), &extras},
        pricing);
    if (same(row, cost)) return std::nullopt;
    json::Out out;
    out.begin_object();
    for (const json::Node member : row) {
        if (std::find(kCosts.begin(), kCosts.end(), member.name()) == kCosts.end())
            out.raw_member(member.name(), member.raw());
    }
    out.raw_member("input_cost", cost_json(cost.input));
    out.raw_member("output_cost", cost_json(cost.output));
    out.raw_member("total_cost", cost_json(cost.total));
    out.member("costs_calculation_caveat", cost.caveat).end_object();
    return out.text();
}

}  // namespace gomodel::record
