// The table of rules on who may use which model (model_overrides). See ManagedTable for threads
// and errors.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "control/managed_table.hpp"
#include "gateway/controls.hpp"

namespace gomodel::control {

// What a selector is a rule for: "/" everything, "name/" a provider, "name/model" its model,
// anything else a model of any provider. `providers`: the names there are.
gateway::AccessRule rule_for_selector(std::string_view selector,
                                      const std::set<std::string, std::less<>>& providers);

class ModelOverrides final : public ManagedTable {
public:
    // All must outlive it.
    ModelOverrides(gateway::ControlsSlot& slot, const base::Clock& clock, base::Log& log,
                   std::function<void()> in_doubt)
        : ManagedTable(std::move(in_doubt)), slot_(slot), clock_(clock), log_(log) {}

    // Makes a rule, or gives it other paths.
    base::Result<gateway::AccessRule> put(std::string_view selector,
                                          const std::vector<std::string>& user_paths,
                                          const std::set<std::string, std::less<>>& providers);
    base::Status remove(std::string_view selector);

private:
    std::string_view schema() const override;
    base::Status read(record::Storage& storage) override;

    base::Result<std::vector<gateway::AccessRule>> rows(record::Storage& storage,
                                                        std::string_view query);
    std::vector<gateway::AccessRule> others(std::string_view selector) const;
    void publish(std::vector<gateway::AccessRule> rules);

    gateway::ControlsSlot& slot_;
    const base::Clock& clock_;
    base::Log& log_;
};

}  // namespace gomodel::control
