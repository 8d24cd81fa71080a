// Prices that operators set through the admin API. They take the place of what the configuration
// and the model list say. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "gateway/catalog.hpp"
#include "gateway/model_metadata.hpp"

namespace gomodel::gateway {

struct ManagedPrice {
    std::string model;  // "<provider name>/<id>", or an id, whoever offers it
    std::int64_t version = 1;
    Pricing pricing;
    base::WallTime created_at{};
};

class PriceTable {
public:
    PriceTable() = default;
    // One for each model.
    explicit PriceTable(std::vector<ManagedPrice> prices);

    // In order of model.
    const std::vector<ManagedPrice>& prices() const { return prices_; }
    // Of that very text. nullptr: there is none.
    const ManagedPrice* exactly(std::string_view model) const;
    // The most specific one for a provider's model. nullptr: there is none.
    const ManagedPrice* find(std::string_view provider_name, std::string_view id) const;

private:
    std::vector<ManagedPrice> prices_;
};

using PriceTablePtr = std::shared_ptr<const PriceTable>;

// What a model costs: as managed, else as configured or listed. Null: nobody knows. `prices` may be
// null.
std::shared_ptr<const Pricing> price_of(const Model& model, const PriceTablePtr& prices);

}  // namespace gomodel::gateway
