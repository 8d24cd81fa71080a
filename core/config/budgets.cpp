#include "config/budgets.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "config/document.hpp"
#include "config/environment.hpp"
#include "config/origin.hpp"
#include "config/problem.hpp"
#include "config/unknown.hpp"
#include "config/user_path.hpp"
#include "config/values.hpp"

namespace gomodel::config {
namespace {

constexpr std::string_view kSetBudget = "SET_BUDGET_";
constexpr std::string_view kListPath = "budgets.user_paths";
constexpr const char* kExpectedPeriod =
    "expected hourly, daily, weekly or monthly, or period_seconds above 0";

struct Period {
    std::string_view name;
    std::int64_t seconds;
};
constexpr Period kPeriodNames[] = {
    {"hour", 3600},    {"hourly", 3600},   {"hours", 3600},      {"day", 86400},
    {"daily", 86400},  {"days", 86400},    {"week", 604800},     {"weekly", 604800},
    {"weeks", 604800}, {"month", 2592000}, {"monthly", 2592000}, {"months", 2592000},
};

// Where a limit is written.
struct Place {
    std::string where;  // for its problems
    std::string key;
    std::string source;  // for BudgetLimit::where
};

// Collects limits by path; one of two for the same path and period is an error.
class BudgetReader {
public:
    explicit BudgetReader(Problems& problems) : problems_(problems) {}

    void read_document(const Document& document) {
        const Node* const list = document.find(kListPath);
        if (list == nullptr || list->is_null()) return;
        if (!list->is_sequence()) {
            problems_.error(document.where(kListPath), std::string(kListPath), "expected a list");
            return;
        }
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            read_entry(document, list->items[i], join_path(kListPath, i));
        }
    }

    void read_environment(const Environment& environment) {
        std::set<std::string> replaced;  // paths
        for (const auto& [name, variable] : environment.all()) {
            if (!name.starts_with(kSetBudget) || base::trim(variable.value).empty()) continue;
            const Place place{variable.where, name, to_string(Origin{variable.where, name})};
            const auto path = variable_path(name);
            if (!path) {
                fault(place, path.error().message);
                continue;
            }
            if (replaced.insert(*path).second) budgets_.erase(*path);
            read_variable(place, *path, variable.value);
        }
    }

    std::vector<UserPathBudget> take() {
        std::vector<UserPathBudget> result;
        for (auto& [path, limits] : budgets_) {
            UserPathBudget budget{path, {}};
            for (auto& [seconds, limit] : limits) {
                budget.limits.push_back(std::move(limit));
            }
            result.push_back(std::move(budget));
        }
        return result;
    }

private:
    void fault(const Place& place, std::string message) {
        problems_.error(place.where, place.key, std::move(message));
    }

    // SET_BUDGET_TEAM__ALPHA -> /team/alpha
    static base::Result<std::string> variable_path(std::string_view name) {
        std::string path = "/";
        std::string suffix = base::lower(name.substr(kSetBudget.size()));
        for (std::size_t at = 0; at < suffix.size(); ++at) {
            const bool separator = suffix.compare(at, 2, "__") == 0;
            path += separator ? '/' : suffix[at];
            if (separator) ++at;
        }
        return normalise_user_path(path);
    }

    void read_entry(const Document& document, const Node& entry, const std::string& shown) {
        const auto place = [&](const Node& node, const std::string& key) {
            const std::string where = document.where(node.line);
            return Place{where, key, where};
        };
        if (!entry.is_mapping()) return fault(place(entry, shown), "expected {path, limits}");
        warn_unknown(document, entry, shown, {"path", "limits"}, problems_);
        const Entry* const written = entry.find("path");
        if (written == nullptr || base::trim(written->value.text).empty()) {
            return fault(place(entry, shown), "path is required, such as /team/alpha");
        }
        const auto path = normalise_user_path(written->value.text);
        if (!path) return fault(place(written->value, shown + ".path"), path.error().message);
        const Entry* const limits = entry.find("limits");
        if (limits == nullptr || limits->value.is_null()) return;
        if (!limits->value.is_sequence()) {
            return fault(place(limits->value, shown + ".limits"), "expected a list");
        }
        for (std::size_t i = 0; i < limits->value.items.size(); ++i) {
            const Node& item = limits->value.items[i];
            const std::string key = join_path(shown + ".limits", i);
            if (item.is_mapping()) {
                warn_unknown(document, item, key, {"period", "period_seconds", "amount"},
                             problems_);
            }
            read_limit(place(item, key), *path, item);
        }
    }

    // {period, period_seconds, amount}; names in any case, as in a variable's JSON.
    void read_limit(const Place& place, const std::string& path, const Node& limit) {
        if (!limit.is_mapping()) return fault(place, "expected {period, amount}");
        std::int64_t seconds = 0;
        std::int64_t named = 0;
        const Node* amount = nullptr;
        for (const Entry& entry : limit.entries) {
            const std::string name = base::lower(entry.key);
            if (name == "period") {
                named = budget_period(entry.value.text);
            } else if (name == "period_seconds" || name == "periodseconds") {
                const auto value = parse_integer(entry.value.text);
                if (!value && !entry.value.is_null()) {
                    return fault(place, "period_seconds must be a whole number");
                }
                seconds = value.value_or(0);
            } else if (name == "amount") {
                amount = &entry.value;
            }
        }
        add(place, path, seconds > 0 ? seconds : named, amount == nullptr ? "" : amount->text);
    }

    void read_variable(const Place& place, const std::string& path, std::string_view value) {
        const std::string_view text = base::trim(value);
        if (text.front() == '{' || text.front() == '[') {
            read_json(place, path, text);
        } else {
            read_pairs(place, path, text);
        }
    }

    // "daily=10,weekly:50", separated by comma, semicolon or line.
    void read_pairs(const Place& place, const std::string& path, std::string_view text) {
        constexpr const char* kExpected =
            "expected period=amount pairs, such as daily=10,weekly=50";
        std::string list(text);
        std::replace_if(
            list.begin(), list.end(), [](char c) { return c == ';' || c == '\n'; }, ',');
        const std::vector<std::string> pairs = base::split_list(list);
        if (pairs.empty()) return fault(place, kExpected);
        for (const std::string_view pair : pairs) {
            const std::size_t split = pair.find_first_of("=:");
            if (split == std::string_view::npos) return fault(place, kExpected);
            add(place, path, budget_period(pair.substr(0, split)),
                base::trim(pair.substr(split + 1)));
        }
    }

    void read_json(const Place& place, const std::string& path, std::string_view text) {
        Problems faults;
        const Document json = parse_json(text, {}, Environment(), faults);
        for (const Problem& problem : faults.all()) {
            if (problem.severity == Severity::kError) return fault(place, problem.message);
        }
        for (const Entry& entry : json.root().entries) {
            add(place, path, budget_period(entry.key), entry.value.text);
        }
        for (const Node& item : json.root().items) {
            read_limit(place, path, item);
        }
    }

    void add(const Place& place, const std::string& path, std::int64_t seconds,
             std::string_view amount) {
        const auto value = parse_number(amount);
        if (seconds <= 0) return fault(place, kExpectedPeriod);
        if (!value || *value <= 0) return fault(place, "amount must be a finite number above 0");
        const bool fresh =
            budgets_[path].try_emplace(seconds, BudgetLimit{seconds, *value, place.source}).second;
        if (!fresh) {
            fault(place,
                  "a second limit for " + path + " and " + std::to_string(seconds) + " seconds");
        }
    }

    Problems& problems_;
    std::map<std::string, std::map<std::int64_t, BudgetLimit>> budgets_;
};

}  // namespace

std::int64_t budget_period(std::string_view name) {
    for (const Period& period : kPeriodNames) {
        if (base::iequals(base::trim(name), period.name)) return period.seconds;
    }
    return 0;
}

std::vector<UserPathBudget> read_budgets(const Document& document, const Environment& environment,
                                         Problems& problems) {
    BudgetReader reader(problems);
    reader.read_document(document);
    reader.read_environment(environment);
    return reader.take();
}

}  // namespace gomodel::config
