// The table of prices that operators set (model_pricing): every version of every model's price, the
// last one of which holds. See ManagedTable for threads and errors.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "control/managed_table.hpp"
#include "gateway/controls.hpp"

namespace gomodel::control {

// What a model's price was from some time on. No pricing: operators said nothing about it.
struct PriceVersion {
    std::string model;
    std::int64_t version = 0;
    std::optional<gateway::Pricing> pricing;
    base::WallTime created_at{};
};

class Prices final : public ManagedTable {
public:
    // All must outlive it.
    Prices(gateway::ControlsSlot& slot, const base::Clock& clock, base::Log& log,
           std::function<void()> in_doubt)
        : ManagedTable(std::move(in_doubt)), slot_(slot), clock_(clock), log_(log) {}

    // Makes a new version, which holds at once in this process.
    base::Result<PriceVersion> put(std::string model, gateway::Pricing pricing);
    // Makes a new version without a price. kNotFound: there is none to remove.
    base::Status remove(std::string model);
    // Of one model, the newest first, at most `limit`.
    base::Result<std::vector<PriceVersion>> history(std::string_view model, std::size_t limit);

private:
    std::string_view schema() const override;
    base::Status read(record::Storage& storage) override;

    base::Result<PriceVersion> add(record::Storage& storage, PriceVersion next);
    base::Result<std::vector<PriceVersion>> rows(record::Storage& storage, std::string_view query);
    void publish(std::vector<gateway::ManagedPrice> prices);

    gateway::ControlsSlot& slot_;
    const base::Clock& clock_;
    base::Log& log_;
};

}  // namespace gomodel::control
