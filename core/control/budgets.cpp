#include "control/budgets.hpp"

#include <gomodel/json_tree.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "config/values.hpp"
#include "control/row.hpp"

namespace gomodel::control {
namespace {

namespace limits = gateway::limits;

base::Error not_found() {
    return {base::Code::kNotFound, "budget not found"};
}

// Resets are kept in whole seconds. What was spent in the one of the reset is not counted any more.
base::WallTime reset_time(base::WallTime now) {
    return std::chrono::ceil<std::chrono::seconds>(now);
}

}  // namespace

std::string_view Budgets::schema() const {
    return budget_schema();
}

Budgets::Budgets(Parts parts, const config::Budgets& first, std::function<void()> in_doubt)
    : ManagedTable(std::move(in_doubt)),
      limits_(parts.limits),
      flush_(std::move(parts.flush)),
      clock_(parts.clock),
      log_(parts.log),
      enabled_(first.enabled),
      warn_at_(first.warn_at) {
    if (!enabled_) return;
    seeds_ = first.user_paths;
    for (const config::UserPathBudget& path : first.user_paths) {
        for (const config::BudgetLimit& limit : path.limits) {
            BudgetRow row;
            row.key = {path.path, limit.period_seconds};
            row.amount = limit.amount;
            rows_.insert_or_assign(row.key, row);
        }
    }
    publish();
    if (parts.has_storage || rows_.empty()) return;
    log_.warn("budgets are counted from zero: there is no storage that knows what was spent");
    const std::shared_ptr<const limits::BudgetSet> set = limits_.budgets();
    for (const limits::MeteredBudget& each : *set)
        each.meter->correct(each.meter->question(clock_.wall()), std::nullopt, clock_.wall());
}

void Budgets::configure(config::Budgets budgets) {
    const std::lock_guard lock(configured_mutex_);
    configured_ = std::move(budgets);
}

void Budgets::take_configured() {
    const std::lock_guard lock(configured_mutex_);
    if (!configured_.has_value()) return;
    enabled_ = configured_->enabled;
    warn_at_ = configured_->warn_at;
    seeds_.reset();
    if (enabled_) seeds_ = std::move(configured_->user_paths);
    configured_.reset();
}

base::Status Budgets::read(record::Storage& storage) {
    take_configured();
    if (!enabled_) {
        rows_.clear();
        publish();
        return {};
    }
    if (base::Status fits = storage.ensure(budget_settings_schema()); !fits.ok()) return fits;
    std::map<BudgetKey, BudgetRow> rows;
    base::Status read = storage.read(R"({"table":"budgets"})", [&](std::string_view text) {
        if (auto row = parse_budget(text)) {
            rows.insert_or_assign(row->key, *row);
        } else {
            log_.warn("budgets: a row without path, period or amount is left out");
        }
        return true;
    });
    if (!read.ok()) return read;
    limits::BudgetSettings settings;
    base::WallTime updated{};
    read = storage.read(R"({"table":"budget_settings"})", [&](std::string_view text) {
        const json::Tree tree(text);
        const std::string name = tree.root()["key"].text();
        const auto value = config::parse_integer(tree.root()["value"].text());
        for (const limits::BudgetSetting& setting : limits::kBudgetSettings) {
            if (setting.name != name || !value || *value < setting.least || *value > setting.most)
                continue;
            settings.*setting.value = static_cast<int>(*value);
            updated = std::max(updated, time_of(tree.root()["updated_at"]).value_or(updated));
        }
        return true;
    });
    if (!read.ok()) return read;
    rows_ = std::move(rows);
    settings_ = settings;
    settings_updated_ = updated;
    if (base::Status seeded = take_seeds(storage); !seeded.ok()) return seeded;
    publish();
    return count(storage, false);
}

// Brings the table in line with the configuration, which has the last word on what it had put
// there and no word on anything else.
base::Status Budgets::take_seeds(record::Storage& storage) {
    if (!seeds_.has_value()) return {};
    std::map<BudgetKey, double> wanted;
    for (const config::UserPathBudget& path : *seeds_) {
        for (const config::BudgetLimit& limit : path.limits)
            wanted[{path.path, limit.period_seconds}] = limit.amount;
    }
    for (auto each = rows_.begin(); each != rows_.end();) {
        const auto& [key, row] = *each;
        if (row.source != kFromConfig || wanted.contains(key)) {
            ++each;
            continue;
        }
        const base::Result<std::uint64_t> gone = storage.erase(where_budget(key));
        if (!gone.ok()) return gone.error();
        each = rows_.erase(each);
    }
    const base::WallTime now = whole_seconds(clock_.wall());
    for (const auto& [key, amount] : wanted) {
        const auto found = rows_.find(key);
        if (found != rows_.end() &&
            (found->second.source != kFromConfig || found->second.amount == amount))
            continue;
        BudgetRow row;
        if (found != rows_.end()) row = found->second;
        row.key = key;
        row.amount = amount;
        row.source = kFromConfig;
        if (found == rows_.end()) row.created_at = now;
        row.updated_at = now;
        const base::Status written =
            storage.write(kBudgetTable, to_row(row), record::WriteMode::kUpsert);
        if (!written.ok()) return written;
        rows_.insert_or_assign(key, std::move(row));
    }
    seeds_.reset();
    return {};
}

void Budgets::publish() {
    std::vector<limits::Budget> budgets;
    for (const auto& [key, row] : rows_)
        budgets.push_back({key.user_path, key.period_seconds, row.amount, row.last_reset_at});
    limits_.publish(std::move(budgets), settings_, clock_.wall());
}

// Asks the storage what was spent. First the meters say up to which moment they want to know it;
// what was recorded before is then brought into the storage, unless that fails: in that case a sum
// would lack something, and only meters that know nothing at all are better off with it.
base::Status Budgets::count(record::Storage& storage, bool only_unknown) {
    const std::shared_ptr<const limits::BudgetSet> set = limits_.budgets();
    if (set == nullptr || set->empty()) return {};
    std::vector<std::pair<const limits::MeteredBudget*, limits::BudgetMeter::Question>> questions;
    for (const limits::MeteredBudget& each : *set) {
        if (only_unknown && each.meter->read(clock_.wall()).known) continue;
        questions.emplace_back(&each, each.meter->question(clock_.wall()));
    }
    if (questions.empty()) return {};
    const bool flushed = flush_();
    for (const auto& [each, question] : questions) {
        if (!flushed && each->meter->read(clock_.wall()).known) continue;
        std::optional<double> spent;
        const base::Status read =
            storage.read(spent_query(each->budget.user_path, question.start, question.cut),
                         [&](std::string_view row) {
                             spent = parse_spent(row);
                             return false;
                         });
        if (!read.ok()) return read;
        each->meter->correct(question, spent, clock_.wall());
    }
    return {};
}

// Once a window when a budget is nearly spent, and once when nothing is left of it.
void Budgets::tend(record::Storage&) {
    const std::shared_ptr<const limits::BudgetSet> set = limits_.budgets();
    if (set == nullptr || warn_at_ <= 0) return;
    for (const limits::MeteredBudget& each : *set) {
        const limits::Budget& budget = each.budget;
        const limits::BudgetMeter::Reading reading = each.meter->read(clock_.wall());
        const BudgetKey key{budget.user_path, budget.period_seconds};
        if (!reading.known || reading.spent < warn_at_ * budget.amount) {
            warned_.erase(key);
            continue;
        }
        const bool all = reading.spent >= budget.amount;
        const auto [before, first] = warned_.try_emplace(key);
        const bool said =
            !first && before->second.window == reading.window.start && before->second.all >= all;
        before->second = {reading.window.start, all};
        if (said) continue;
        log_.warn(all ? "a budget is spent" : "a budget is nearly spent",
                  {{"user_path", budget.user_path},
                   {"period", limits::period_label(budget.period_seconds)},
                   {"spent", reading.spent},
                   {"amount", budget.amount}});
    }
}

// Without a storage unless budgets are enabled.
Budgets::Access Budgets::ready_access() {
    Access access = this->access();
    if (!enabled_) access.storage = nullptr;
    return access;
}

base::Result<std::vector<BudgetState>> Budgets::list() {
    const Access access = ready_access();
    if (access.storage == nullptr) return not_read_yet();
    std::vector<BudgetState> states;
    const std::shared_ptr<const limits::BudgetSet> set = limits_.budgets();
    for (const limits::MeteredBudget& each : *set) {
        const auto row = rows_.find({each.budget.user_path, each.budget.period_seconds});
        if (row == rows_.end()) continue;
        states.push_back({row->second, each.meter->read(clock_.wall())});
    }
    return states;
}

base::Result<limits::BudgetSettings> Budgets::settings(base::WallTime* updated_at) {
    const Access access = ready_access();
    if (access.storage == nullptr) return not_read_yet();
    *updated_at = settings_updated_;
    return settings_;
}

base::Status Budgets::set(const BudgetKey& key, double amount) {
    const Access access = ready_access();
    if (access.storage == nullptr) return not_read_yet();
    const base::WallTime now = whole_seconds(clock_.wall());
    const auto found = rows_.find(key);
    BudgetRow row;
    if (found != rows_.end()) row = found->second;
    row.key = key;
    row.amount = amount;
    row.source = kManual;
    if (found == rows_.end()) row.created_at = now;
    row.updated_at = now;
    const base::Status written =
        access.storage->write(kBudgetTable, to_row(row), record::WriteMode::kUpsert);
    if (!written.ok()) return failed_write(written.error());
    rows_.insert_or_assign(key, std::move(row));
    publish();
    // If that fails nothing passes this budget until the next round.
    const base::Status counted = count(*access.storage, true);
    return counted.ok() ? base::Status() : failed_write(counted.error());
}

base::Status Budgets::remove(const BudgetKey& key) {
    const Access access = ready_access();
    if (access.storage == nullptr) return not_read_yet();
    const base::Result<std::uint64_t> gone = access.storage->erase(where_budget(key));
    if (!gone.ok()) return failed_write(gone.error());
    const bool known = rows_.erase(key) != 0;
    if (*gone == 0 && !known) return not_found();
    publish();
    return {};
}

base::Status Budgets::write_reset(record::Storage& storage, BudgetRow& row, base::WallTime when) {
    json::Out set;
    set.begin_object();
    time(set, "last_reset_at", when);
    time(set, "updated_at", whole_seconds(clock_.wall()));
    set.end_object();
    const base::Result<std::uint64_t> changed = storage.update(where_budget(row.key), set.text());
    if (!changed.ok()) return failed_write(changed.error());
    if (*changed == 0) return not_found();
    row.last_reset_at = when;
    row.updated_at = whole_seconds(clock_.wall());
    return {};
}

base::Status Budgets::reset(const BudgetKey& key) {
    const Access access = ready_access();
    if (access.storage == nullptr) return not_read_yet();
    const auto found = rows_.find(key);
    if (found == rows_.end()) return not_found();
    const base::Status done =
        write_reset(*access.storage, found->second, reset_time(clock_.wall()));
    if (done.ok()) publish();
    return done;
}

base::Status Budgets::reset_all() {
    const Access access = ready_access();
    if (access.storage == nullptr) return not_read_yet();
    const base::WallTime when = reset_time(clock_.wall());
    base::Status done;
    for (auto& [key, row] : rows_) {
        done = write_reset(*access.storage, row, when);
        // One that another process has removed needs none.
        if (!done.ok() && done.error().code != base::Code::kNotFound) break;
        done = {};
    }
    publish();  // those that were written are reset
    return done;
}

base::Status Budgets::change_settings(const Changes& changes) {
    const Access access = ready_access();
    if (access.storage == nullptr) return not_read_yet();
    limits::BudgetSettings settings = settings_;
    for (const auto& [name, value] : changes) {
        for (const limits::BudgetSetting& setting : limits::kBudgetSettings) {
            if (setting.name != name) continue;
            if (value < setting.least || value > setting.most) {
                return base::Error{base::Code::kInvalid, std::string(name) + " must be between " +
                                                             std::to_string(setting.least) +
                                                             " and " +
                                                             std::to_string(setting.most)};
            }
            settings.*setting.value = static_cast<int>(value);
        }
    }
    const base::WallTime now = whole_seconds(clock_.wall());
    std::string rows = "[";
    for (const limits::BudgetSetting& setting : limits::kBudgetSettings) {
        const std::string row = setting_row(setting.name, settings.*setting.value, now);
        rows.append(rows.size() == 1 ? "" : ",").append(row.substr(1, row.size() - 2));
    }
    const base::Status written =
        access.storage->write(kBudgetSettingsTable, rows + "]", record::WriteMode::kUpsert);
    if (!written.ok()) return failed_write(written.error());
    settings_ = settings;
    settings_updated_ = now;
    publish();
    const base::Status counted = count(*access.storage, true);
    return counted.ok() ? base::Status() : failed_write(counted.error());
}

}  // namespace gomodel::control
