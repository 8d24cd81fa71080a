// The spans that budgets are counted in: hours, days, weeks and months of the calendar in UTC,
// which begin when the operator says, and any other number of seconds. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace gomodel::gateway::limits {

inline constexpr std::int64_t kHour = 3600;
inline constexpr std::int64_t kDay = 86400;
inline constexpr std::int64_t kWeek = 604800;
inline constexpr std::int64_t kMonth = 2592000;  // stands for the months of the calendar

// When days, weeks and months begin.
struct BudgetSettings {
    int daily_reset_hour = 0;
    int daily_reset_minute = 0;
    int weekly_reset_weekday = 1;  // 0: Sunday
    int weekly_reset_hour = 0;
    int weekly_reset_minute = 0;
    int monthly_reset_day = 1;  // of a shorter month the last one
    int monthly_reset_hour = 0;
    int monthly_reset_minute = 0;

    bool operator==(const BudgetSettings&) const = default;
};

// The members of BudgetSettings by name, with what they may be.
struct BudgetSetting {
    std::string_view name;
    int BudgetSettings::*value;
    int least;
    int most;
};
inline constexpr std::array<BudgetSetting, 8> kBudgetSettings = {{
    {"daily_reset_hour", &BudgetSettings::daily_reset_hour, 0, 23},
    {"daily_reset_minute", &BudgetSettings::daily_reset_minute, 0, 59},
    {"weekly_reset_weekday", &BudgetSettings::weekly_reset_weekday, 0, 6},
    {"weekly_reset_hour", &BudgetSettings::weekly_reset_hour, 0, 23},
    {"weekly_reset_minute", &BudgetSettings::weekly_reset_minute, 0, 59},
    {"monthly_reset_day", &BudgetSettings::monthly_reset_day, 1, 31},
    {"monthly_reset_hour", &BudgetSettings::monthly_reset_hour, 0, 23},
    {"monthly_reset_minute", &BudgetSettings::monthly_reset_minute, 0, 59},
}};

struct BudgetWindow {
    base::WallTime start{};
    base::WallTime end{};

    bool operator==(const BudgetWindow&) const = default;
};

// The window of a period that `now` is in. A reset since it began has begun it anew.
BudgetWindow budget_window(std::int64_t period_seconds, const BudgetSettings& settings,
                           base::WallTime now, std::optional<base::WallTime> last_reset = {});

// "hourly", "daily", "weekly", "monthly", "7200s"
std::string period_label(std::int64_t period_seconds);

}  // namespace gomodel::gateway::limits
