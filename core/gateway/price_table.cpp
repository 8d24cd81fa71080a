#include "gateway/price_table.hpp"

#include <algorithm>

namespace gomodel::gateway {

PriceTable::PriceTable(std::vector<ManagedPrice> prices) : prices_(std::move(prices)) {
    std::sort(prices_.begin(), prices_.end(),
              [](const auto& left, const auto& right) { return left.model < right.model; });
}

const ManagedPrice* PriceTable::exactly(std::string_view model) const {
    const auto found = std::lower_bound(
        prices_.begin(), prices_.end(), model,
        [](const ManagedPrice& price, std::string_view wanted) { return price.model < wanted; });
    return found == prices_.end() || found->model != model ? nullptr : &*found;
}

const ManagedPrice* PriceTable::find(std::string_view provider_name, std::string_view id) const {
    if (prices_.empty()) return nullptr;
    const ManagedPrice* const own = exactly(std::string(provider_name) + "/" + std::string(id));
    return own != nullptr ? own : exactly(id);
}

std::shared_ptr<const Pricing> price_of(const Model& model, const PriceTablePtr& prices) {
    const ManagedPrice* const managed =
        prices == nullptr ? nullptr : prices->find(model.provider->name, model.id);
    if (managed != nullptr) return {prices, &managed->pricing};
    if (model.metadata != nullptr && model.metadata->pricing.has_value())
        return {model.metadata, &*model.metadata->pricing};
    return nullptr;
}

}  // namespace gomodel::gateway
