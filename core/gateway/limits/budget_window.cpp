#include "gateway/limits/budget_window.hpp"

#include <algorithm>

namespace gomodel::gateway::limits {
namespace {

namespace chr = std::chrono;
using Days = chr::sys_days;

base::WallTime at(Days day, int hour, int minute) {
    return base::WallTime(day) + chr::hours(hour) + chr::minutes(minute);
}

// When the window of a month begins; a day that the month does not have is its last one.
base::WallTime month_start(chr::year_month month, const BudgetSettings& settings) {
    const chr::day last = chr::year_month_day_last(month.year(), month.month() / chr::last).day();
    const chr::day wanted(static_cast<unsigned>(settings.monthly_reset_day));
    return at(Days(month / std::min(wanted, last)), settings.monthly_reset_hour,
              settings.monthly_reset_minute);
}

BudgetWindow monthly(const BudgetSettings& settings, base::WallTime now) {
    const chr::year_month_day today(chr::floor<chr::days>(now));
    chr::year_month month = today.year() / today.month();
    if (month_start(month, settings) > now) month -= chr::months(1);
    return {month_start(month, settings), month_start(month + chr::months(1), settings)};
}

BudgetWindow weekly(const BudgetSettings& settings, base::WallTime now) {
    const Days today = chr::floor<chr::days>(now);
    const chr::weekday wanted(static_cast<unsigned>(settings.weekly_reset_weekday));
    base::WallTime start = at(today - (chr::weekday(today) - wanted), settings.weekly_reset_hour,
                              settings.weekly_reset_minute);
    if (start > now) start -= chr::weeks(1);
    return {start, start + chr::weeks(1)};
}

BudgetWindow daily(const BudgetSettings& settings, base::WallTime now) {
    base::WallTime start =
        at(chr::floor<chr::days>(now), settings.daily_reset_hour, settings.daily_reset_minute);
    if (start > now) start -= chr::days(1);
    return {start, start + chr::days(1)};
}

BudgetWindow calendar_window(std::int64_t period_seconds, const BudgetSettings& settings,
                             base::WallTime now) {
    if (period_seconds == kMonth) return monthly(settings, now);
    if (period_seconds == kWeek) return weekly(settings, now);
    if (period_seconds == kDay) return daily(settings, now);
    // Hours among them: Unix time begins with a whole one. Longer ones do not fit into nanoseconds.
    constexpr std::int64_t kLongest = 7'000'000'000;
    period_seconds = std::min(period_seconds, kLongest);
    const std::int64_t seconds = chr::floor<chr::seconds>(now).time_since_epoch().count();
    const std::int64_t past = (seconds % period_seconds + period_seconds) % period_seconds;
    const base::WallTime start{chr::seconds(seconds - past)};
    return {start, start + chr::seconds(period_seconds)};
}

}  // namespace

BudgetWindow budget_window(std::int64_t period_seconds, const BudgetSettings& settings,
                           base::WallTime now, std::optional<base::WallTime> last_reset) {
    BudgetWindow window = calendar_window(period_seconds, settings, now);
    if (last_reset && *last_reset > window.start) window.start = *last_reset;
    return window;
}

std::string period_label(std::int64_t period_seconds) {
    switch (period_seconds) {
        case kHour:
            return "hourly";
        case kDay:
            return "daily";
        case kWeek:
            return "weekly";
        case kMonth:
            return "monthly";
        default:
            return std::to_string(period_seconds) + "s";
    }
}

}  // namespace gomodel::gateway::limits
