// Rows of the tables of budgets as the storage gives and takes them, and what is asked of the usage
// table for them. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "gateway/limits/budget_window.hpp"

namespace gomodel::control {

inline constexpr std::string_view kBudgetTable = "budgets";
inline constexpr std::string_view kBudgetSettingsTable = "budget_settings";
inline constexpr std::string_view kFromConfig = "config";
inline constexpr std::string_view kManual = "manual";

struct BudgetKey {
    std::string user_path;  // normalised, "/" at least
    std::int64_t period_seconds = 0;

    auto operator<=>(const BudgetKey&) const = default;
};

struct BudgetRow {
    BudgetKey key;
    double amount = 0;
    std::string source;
    std::optional<base::WallTime> last_reset_at = {};
    base::WallTime created_at{};
    base::WallTime updated_at{};
};

std::string_view budget_schema();
std::string_view budget_settings_schema();

// The row in an array, as write() takes it.
std::string to_row(const BudgetRow& row);
// nullopt: it is none.
std::optional<BudgetRow> parse_budget(std::string_view row);
// A query for one row.
std::string where_budget(const BudgetKey& key);
std::string setting_row(std::string_view name, int value, base::WallTime now);

// What was spent by a user path and those below it from `start` on and before `end`: the sum of
// what has a price.
std::string spent_query(std::string_view user_path, base::WallTime start, base::WallTime end);
// Its answer. nullopt: nothing had a price.
std::optional<double> parse_spent(std::string_view row);

}  // namespace gomodel::control
