#include "config/budgets.hpp"

#include "load.hpp"

namespace gomodel::config {
namespace {

// "/team/alpha 86400=10 604800=50" for each path.
std::vector<std::string> budgets_of(const Loaded& loaded) {
    std::vector<std::string> lines;
    for (const UserPathBudget& budget : loaded.settings.budgets.user_paths) {
        std::ostringstream line;
        line << budget.path;
        for (const BudgetLimit& limit : budget.limits) {
            line << ' ' << limit.period_seconds << '=' << limit.amount;
        }
        lines.push_back(line.str());
    }
    return lines;
}

std::vector<std::string> from_variable(const std::string& suffix, const std::string& value) {
    const Loaded loaded = load_yaml("", {{"SET_BUDGET_" + suffix, value}});
    EXPECT_EQ(joined(loaded.problems), "") << suffix << ' ' << value;
    return budgets_of(loaded);
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Budgets, SuffixIsThePath) {
    const std::pair<const char*, const char*> cases[] = {
        {"TEAM__ALPHA", "/team/alpha 86400=1"},
        {"TEAM", "/team 86400=1"},
        {"MY_TEAM__A_B", "/my_team/a_b 86400=1"},
        {"", "/ 86400=1"},
        {"__A__", "/a 86400=1"},
    };
    for (const auto& [suffix, line] : cases) {
        EXPECT_THAT(from_variable(suffix, "daily=1"), ElementsAre(line));
    }
}

TEST(Budgets, EveryNotationOfAVariable) {
    const char* const both = "/a 86400=10 604800=50.5";
    for (const char* value :
         {"daily=10,weekly=50.5", "daily:10;weekly:50.5", "daily = 10\nweekly = 50.5",
          " weekly=50.5 , daily=1e1,", R"({"daily":10,"weekly":50.5})",
          R"({"weekly":50.5,"daily":10})",
          R"([{"period":"daily","amount":10},{"period":"weekly","amount":50.5}])",
          R"([{"Period":"DAILY","AMOUNT":10},{"PeriodSeconds":604800,"amount":50.5}])",
          R"([{"period_seconds":86400,"amount":10},{"periodseconds":604800,"amount":50.5}])"}) {
        EXPECT_THAT(from_variable("A", value), ElementsAre(both)) << value;
    }
}

TEST(Budgets, PeriodsHaveThreeNamesEach) {
    const std::pair<const char*, int> cases[] = {
        {"hour", 3600},     {"hourly", 3600},   {"hours", 3600},      {"day", 86400},
        {"daily", 86400},   {"days", 86400},    {"week", 604800},     {"weekly", 604800},
        {"weeks", 604800},  {"month", 2592000}, {"monthly", 2592000}, {"months", 2592000},
        {" Daily ", 86400},
    };
    for (const auto& [name, seconds] : cases) {
        EXPECT_THAT(from_variable("A", std::string(name) + "=1"),
                    ElementsAre("/a " + std::to_string(seconds) + "=1"));
    }
}

TEST(Budgets, BlankVariablesAreSkipped) {
    EXPECT_THAT(from_variable("A", ""), IsEmpty());
    EXPECT_THAT(from_variable("A", "  "), IsEmpty());
}

TEST(Budgets, TheFileHasPathsAndLimits) {
    const Loaded loaded = load_yaml(
        "budgets:\n"
        "  user_paths:\n"
        "    - path: team//alpha/\n"
        "      limits: [{period: daily, amount: 10.5}, {period_seconds: 7200, amount: 5}]\n"
        "    - path: /\n"
        "      limits:\n"
        "        - {period: monthly, period_seconds: 60, amount: 1}\n"
        "    - path: /none\n");
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_THAT(budgets_of(loaded), ElementsAre("/ 60=1", "/team/alpha 7200=5 86400=10.5"));
    EXPECT_EQ(loaded.settings.budgets.user_paths[0].limits[0].where, "config.yaml:7");
}

TEST(Budgets, AVariableReplacesTheEntryOfItsPathHoweverWritten) {
    const Loaded loaded = load_yaml(
        "budgets: {user_paths: [{path: team/x, limits: [{period: daily, amount: 1}, {period: "
        "weekly, amount: 2}]}, {path: /y, limits: [{period: daily, amount: 3}]}]}",
        {{"SET_BUDGET_TEAM__X", "daily=9"}});
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_THAT(budgets_of(loaded), ElementsAre("/team/x 86400=9", "/y 86400=3"));
}

TEST(Budgets, AreNotReadWhenDisabled) {
    const Loaded loaded = load_yaml(
        "budgets: {enabled: false, user_paths: [{path: /a, limits: [{period: daily, amount: 1}]}]}",
        {{"SET_BUDGET_B", "nonsense"}});
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_THAT(budgets_of(loaded), IsEmpty());
}

TEST(Budgets, FaultsInAVariableNameIt) {
    const char* const amount = "amount must be a finite number above 0";
    const char* const period =
        "expected hourly, daily, weekly or monthly, or period_seconds above 0";
    const char* const pairs = "expected period=amount pairs, such as daily=10,weekly=50";
    const std::pair<const char*, const char*> cases[] = {
        {"daily=0", amount},
        {"daily=-1", amount},
        {"daily=nan", amount},
        {"daily=inf", amount},
        {"daily=ten", amount},
        {"daily=", amount},
        {"{\"daily\":0}", amount},
        {"{\"daily\":null}", amount},
        {"[{\"period\":\"daily\"}]", amount},
        {"yearly=1", period},
        {"=1", period},
        {"{\"yearly\":1}", period},
        {"[{\"amount\":1}]", period},
        {"[{\"period_seconds\":-5,\"amount\":1}]", period},
        {"[{\"period_seconds\":\"x\",\"amount\":1}]", "period_seconds must be a whole number"},
        {"daily", pairs},
        {",", pairs},
        {"daily=1,day=2", "a second limit for /a and 86400 seconds"},
        {"{\"daily\":1,\"days\":2}", "a second limit for /a and 86400 seconds"},
        {"[1]", "expected {period, amount}"},
        {"{\"daily\":1", "malformed JSON: Problem while parsing a number"},
    };
    for (const auto& [value, message] : cases) {
        const Loaded loaded = load_yaml("", {{"SET_BUDGET_A", value}});
        EXPECT_EQ(joined(loaded.problems),
                  "error environment: SET_BUDGET_A: " + std::string(message) + "\n")
            << value;
    }
    EXPECT_EQ(joined(load_yaml("", {{"SET_BUDGET_..__A", "daily=1"}}).problems),
              "error environment: SET_BUDGET_..__A: user path cannot contain '.' or '..' "
              "segments\n");
}

TEST(Budgets, FaultsInTheFileNameTheLine) {
    const std::pair<const char*, const char*> cases[] = {
        {"  user_paths: 5\n", "error config.yaml:2: budgets.user_paths: expected a list\n"},
        {"  user_paths:\n    - 5\n",
         "error config.yaml:3: budgets.user_paths[0]: expected {path, limits}\n"},
        {"  user_paths:\n    - limits: []\n",
         "error config.yaml:3: budgets.user_paths[0]: path is required, such as /team/alpha\n"},
        {"  user_paths:\n    - path: a:b\n",
         "error config.yaml:3: budgets.user_paths[0].path: user path cannot contain ':'\n"},
        {"  user_paths:\n    - path: a\n      limits: 5\n",
         "error config.yaml:4: budgets.user_paths[0].limits: expected a list\n"},
        {"  user_paths:\n    - path: a\n      limits:\n        - 5\n",
         "error config.yaml:5: budgets.user_paths[0].limits[0]: expected {period, amount}\n"},
        {"  user_paths:\n    - path: a\n      limits:\n        - {period: daily}\n",
         "error config.yaml:5: budgets.user_paths[0].limits[0]: amount must be a finite number "
         "above 0\n"},
        {"  user_paths:\n    - path: a\n      limits:\n        - {period: x, amount: 1}\n",
         "error config.yaml:5: budgets.user_paths[0].limits[0]: expected hourly, daily, weekly or "
         "monthly, or period_seconds above 0\n"},
        {"  user_paths:\n    - {path: a, limits: [{period: day, amount: 1}]}\n"
         "    - {path: /a/, limits: [{period: daily, amount: 1}]}\n",
         "error config.yaml:4: budgets.user_paths[1].limits[0]: a second limit for /a and 86400 "
         "seconds\n"},
        {"  user_paths:\n    - {path: a, limit: []}\n",
         "warning config.yaml:3: budgets.user_paths[0].limit: unknown key, ignored; did you mean "
         "limits?\n"},
    };
    for (const auto& [yaml, problem] : cases) {
        EXPECT_EQ(joined(load_yaml("budgets:\n" + std::string(yaml)).problems), problem) << yaml;
    }
}

}  // namespace
}  // namespace gomodel::config
