// Spending limits by user path, from `budgets.user_paths` and from SET_BUDGET_* variables. Read by
// the loader; the budget service stores them. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::config {

class Document;
class Environment;
class Problems;

struct BudgetLimit {
    std::int64_t period_seconds = 0;
    double amount = 0;  // finite, above 0
    std::string where;  // "config.yaml:12", "SET_BUDGET_TEAM"
};

struct UserPathBudget {
    std::string path;                 // normalised: "/" or "/team/alpha"
    std::vector<BudgetLimit> limits;  // periods unique, ascending
};

struct Budgets {
    bool enabled = true;
    double warn_at = 0.8;                    // of an amount; 0: never
    std::vector<UserPathBudget> user_paths;  // by path, ascending
};

// "daily" and its like in seconds; 0: there is no such period.
std::int64_t budget_period(std::string_view name);

// The limits of a document and an environment; a variable replaces the whole entry of its path.
std::vector<UserPathBudget> read_budgets(const Document& document, const Environment& environment,
                                         Problems& problems);

}  // namespace gomodel::config
