// The table of names that operators give to models (aliases). See ManagedTable for threads and
// errors.
#pragma once

#include <optional>
#include <string>

#include "base/log.hpp"
#include "control/managed_table.hpp"
#include "gateway/controls.hpp"

namespace gomodel::control {

struct AliasChange {
    std::string name;
    std::string target_model;
    std::string target_provider = {};
    std::string description = {};
    std::optional<bool> enabled = {};  // nothing: as it was, and a new one is
};

class Aliases final : public ManagedTable {
public:
    // All must outlive it.
    Aliases(gateway::ControlsSlot& slot, const base::Clock& clock, base::Log& log,
            std::function<void()> in_doubt)
        : ManagedTable(std::move(in_doubt)), slot_(slot), clock_(clock), log_(log) {}

    // Makes an alias, or changes it. Its target must be a model of the catalogue.
    base::Result<gateway::Alias> put(AliasChange change, const gateway::Catalog& catalog);
    base::Status remove(const std::string& name);

private:
    std::string_view schema() const override;
    base::Status read(record::Storage& storage) override;

    base::Result<std::vector<gateway::Alias>> rows(record::Storage& storage,
                                                   std::string_view query);
    std::vector<gateway::Alias> others(std::string_view name) const;
    void publish(std::vector<gateway::Alias> aliases);

    gateway::ControlsSlot& slot_;
    const base::Clock& clock_;
    base::Log& log_;
};

}  // namespace gomodel::control
