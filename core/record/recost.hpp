// Costs of rows of the usage table that were written before, out of what the row says and the
// prices that hold now. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <optional>
#include <string>
#include <vector>

#include "record/cost.hpp"

namespace gomodel::record {

// Which model a row is of.
struct RowModel {
    std::string provider_type;
    std::string provider_name;  // of old rows, the type
    std::string id;
};
RowModel model_of(json::Node row);

// The row with its costs as `pricing` makes them. nullopt: as they are already, or the row does not
// say how much was used. `fields`: as in CostInputs.
std::optional<std::string> recosted(json::Node row, const gateway::Pricing& pricing,
                                    const std::vector<plugin::UsageField>* fields);

}  // namespace gomodel::record
