// The tables of budgets (budgets) and of when their windows begin (budget_settings), and what was
// spent of them: read from the storage once a budget is known, counted in memory from then on, and
// corrected with every round of the plane. See ManagedTable for threads and errors.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "config/budgets.hpp"
#include "control/budget_row.hpp"
#include "control/managed_table.hpp"
#include "gateway/limits/limits.hpp"

namespace gomodel::control {

// One budget with what came of it.
struct BudgetState {
    BudgetRow row;
    gateway::limits::BudgetMeter::Reading reading;
};

class Budgets final : public ManagedTable {
public:
    // Brings what was recorded so far into the storage. False: not within a few seconds.
    using Flush = std::function<bool()>;

    struct Parts {
        gateway::limits::Limits& limits;
        Flush flush;
        const base::Clock& clock;
        base::Log& log;
        bool has_storage = true;  // false: there will be none; everybody starts from nothing spent
    };

    // `first`: what the configuration says. It is enforced before the table could be read, too:
    // nobody knows yet what is left of it, so it lets nothing pass. The parts must outlive it.
    Budgets(Parts parts, const config::Budgets& first, std::function<void()> in_doubt);

    // What the configuration says from the next round on: its limits replace those it had before
    // in the table, but none that somebody has set there. Never blocks.
    void configure(config::Budgets budgets);

    // By user path, then by period. kUnavailable: budgets are switched off, or not read yet.
    base::Result<std::vector<BudgetState>> list();
    base::Result<gateway::limits::BudgetSettings> settings(base::WallTime* updated_at);

    // The changes; BudgetKey: see there.
    base::Status set(const BudgetKey& key, double amount);
    base::Status remove(const BudgetKey& key);
    base::Status reset(const BudgetKey& key);
    base::Status reset_all();
    // Those that are named; kInvalid: one is not what it may be.
    using Changes = std::vector<std::pair<std::string_view, std::int64_t>>;
    base::Status change_settings(const Changes& changes);

private:
    std::string_view schema() const override;
    base::Status read(record::Storage& storage) override;
    void tend(record::Storage& storage) override;  // warns of what is nearly spent

    Access ready_access();
    void take_configured();
    base::Status take_seeds(record::Storage& storage);
    void publish();
    base::Status count(record::Storage& storage, bool only_unknown);
    base::Status write_reset(record::Storage& storage, BudgetRow& row, base::WallTime when);

    gateway::limits::Limits& limits_;
    const Flush flush_;
    const base::Clock& clock_;
    base::Log& log_;
    std::mutex configured_mutex_;
    std::optional<config::Budgets> configured_;  // since the last round
    // With the lock of an Access:
    bool enabled_ = false;
    double warn_at_ = 0;
    struct Warning {
        base::WallTime window{};
        bool all = false;  // of all that was spent, not of nearly all
    };
    std::map<BudgetKey, Warning> warned_;
    std::optional<std::vector<config::UserPathBudget>> seeds_;  // not in the table yet
    std::map<BudgetKey, BudgetRow> rows_;
    gateway::limits::BudgetSettings settings_;
    base::WallTime settings_updated_{};
};

}  // namespace gomodel::control
