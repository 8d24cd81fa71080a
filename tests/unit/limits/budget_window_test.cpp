#include "gateway/limits/budget_window.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace gomodel::gateway::limits {
namespace {

namespace chr = std::chrono;

// "2026-02-17 10:00:00"
base::WallTime time(const std::string& text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    EXPECT_EQ(std::sscanf(text.c_str(), "%d-%d-%d %d:%d:%d", &year, &month, &day, &hour, &minute,
                          &second),
              6);
    const chr::year_month_day date{chr::year(year), chr::month(static_cast<unsigned>(month)),
                                   chr::day(static_cast<unsigned>(day))};
    return base::WallTime(chr::sys_days(date)) + chr::hours(hour) + chr::minutes(minute) +
           chr::seconds(second);
}

struct Case {
    const char* what;
    std::int64_t period;
    BudgetSettings settings;
    const char* now;
    const char* start;
    const char* end;
};

BudgetSettings monthly(int day, int hour = 0, int minute = 0) {
    BudgetSettings settings;
    settings.monthly_reset_day = day;
    settings.monthly_reset_hour = hour;
    settings.monthly_reset_minute = minute;
    return settings;
}

BudgetSettings weekly(int weekday, int hour = 0, int minute = 0) {
    BudgetSettings settings;
    settings.weekly_reset_weekday = weekday;
    settings.weekly_reset_hour = hour;
    settings.weekly_reset_minute = minute;
    return settings;
}

BudgetSettings daily(int hour, int minute) {
    BudgetSettings settings;
    settings.daily_reset_hour = hour;
    settings.daily_reset_minute = minute;
    return settings;
}

const Case kCases[] = {
    {"an hour is the clock's",
     kHour,
     {},
     "2026-02-17 10:59:59",
     "2026-02-17 10:00:00",
     "2026-02-17 11:00:00"},
    {"its first moment is in it",
     kHour,
     {},
     "2026-02-17 11:00:00",
     "2026-02-17 11:00:00",
     "2026-02-17 12:00:00"},
    {"a day", kDay, {}, "2026-02-28 23:59:59", "2026-02-28 00:00:00", "2026-03-01 00:00:00"},
    {"a day that begins late, before it", kDay, daily(18, 30), "2026-02-17 18:29:59",
     "2026-02-16 18:30:00", "2026-02-17 18:30:00"},
    {"a day that begins late, in it", kDay, daily(18, 30), "2026-02-17 18:30:00",
     "2026-02-17 18:30:00", "2026-02-18 18:30:00"},
    {"a week begins on Monday",
     kWeek,
     {},
     "2026-02-22 12:00:00",
     "2026-02-16 00:00:00",
     "2026-02-23 00:00:00"},
    {"a week from Sunday", kWeek, weekly(0), "2026-02-22 00:00:00", "2026-02-22 00:00:00",
     "2026-03-01 00:00:00"},
    {"a week from Saturday", kWeek, weekly(6), "2026-02-20 23:00:00", "2026-02-14 00:00:00",
     "2026-02-21 00:00:00"},
    {"a week from Tuesday noon, on that day before it", kWeek, weekly(2, 12, 15),
     "2026-02-17 12:14:59", "2026-02-10 12:15:00", "2026-02-17 12:15:00"},
    {"a month", kMonth, {}, "2026-12-31 23:59:59", "2026-12-01 00:00:00", "2027-01-01 00:00:00"},
    {"a month from the 15th, before it", kMonth, monthly(15), "2026-01-14 23:59:59",
     "2025-12-15 00:00:00", "2026-01-15 00:00:00"},
    {"the 31st of February", kMonth, monthly(31), "2026-02-28 00:00:00", "2026-02-28 00:00:00",
     "2026-03-31 00:00:00"},
    {"before the 31st of February", kMonth, monthly(31), "2026-02-27 23:59:59",
     "2026-01-31 00:00:00", "2026-02-28 00:00:00"},
    {"the 30th in a leap year", kMonth, monthly(30), "2028-02-29 00:00:00", "2028-02-29 00:00:00",
     "2028-03-30 00:00:00"},
    {"the 31st of April, later that day", kMonth, monthly(31, 8, 5), "2026-04-30 08:04:59",
     "2026-03-31 08:05:00", "2026-04-30 08:05:00"},
    {"any other number of seconds",
     7200,
     {},
     "2026-02-17 11:59:59",
     "2026-02-17 10:00:00",
     "2026-02-17 12:00:00"},
    {"seven seconds", 7, {}, "1970-01-01 00:00:20", "1970-01-01 00:00:14", "1970-01-01 00:00:21"},
};

TEST(BudgetWindow, FollowsTheCalendar) {
    for (const Case& each : kCases) {
        const BudgetWindow window = budget_window(each.period, each.settings, time(each.now));
        EXPECT_EQ(window.start, time(each.start)) << each.what;
        EXPECT_EQ(window.end, time(each.end)) << each.what;
    }
}

// Windows follow each other without a gap, whatever the settings.
TEST(BudgetWindow, TheNextOneBeginsWhereOneEnds) {
    for (const std::int64_t period : {kHour, kDay, kWeek, kMonth, std::int64_t{5000}}) {
        for (int day = 1; day <= 31; day += 6) {
            BudgetSettings settings = monthly(day, 7, 30);
            settings.weekly_reset_weekday = day % 7;
            settings.daily_reset_hour = day % 24;
            BudgetWindow window = budget_window(period, settings, time("2027-11-03 04:05:06"));
            for (int i = 0; i < 40; ++i) {
                const BudgetWindow next = budget_window(period, settings, window.end);
                ASSERT_EQ(next.start, window.end);
                ASSERT_GT(next.end, next.start);
                ASSERT_EQ(budget_window(period, settings, window.end - chr::nanoseconds(1)),
                          window);
                window = next;
            }
        }
    }
}

TEST(BudgetWindow, AResetBeginsItAnewButNotItsEnd) {
    const base::WallTime now = time("2026-02-17 10:30:00");
    const base::WallTime reset = time("2026-02-17 08:00:00");
    const BudgetWindow day = budget_window(kDay, {}, now, reset);
    EXPECT_EQ(day.start, reset);
    EXPECT_EQ(day.end, time("2026-02-18 00:00:00"));
    EXPECT_EQ(budget_window(kHour, {}, now, reset).start, time("2026-02-17 10:00:00"));
}

TEST(BudgetWindow, AVeryLongPeriodEnds) {
    const base::WallTime now = time("2026-02-17 10:30:00");
    const BudgetWindow window = budget_window(std::int64_t{1} << 62, {}, now);
    EXPECT_LE(window.start, now);
    EXPECT_GT(window.end, now);
}

TEST(BudgetWindow, PeriodsHaveNames) {
    EXPECT_EQ(period_label(3600), "hourly");
    EXPECT_EQ(period_label(86400), "daily");
    EXPECT_EQ(period_label(604800), "weekly");
    EXPECT_EQ(period_label(2592000), "monthly");
    EXPECT_EQ(period_label(7200), "7200s");
}

}  // namespace
}  // namespace gomodel::gateway::limits
