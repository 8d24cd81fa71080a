#include "base/time_zone.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace gomodel::base {
namespace {

namespace chr = std::chrono;
using namespace std::chrono_literals;

constexpr chr::sys_days date(int year, unsigned month, unsigned day) {
    return chr::year(year) / chr::month(month) / chr::day(day);
}

TimeZone zone(std::string_view name) {
    std::optional<TimeZone> found = TimeZone::load(name);
    EXPECT_TRUE(found.has_value()) << name;
    return found.value_or(TimeZone::utc());
}

TEST(TimeZone, DaysBeginWhenTheyDoThere) {
    struct Case {
        const char* name;
        chr::sys_days day;
        chr::hours length;
        chr::seconds before_utc;  // its first moment, before that of the day in UTC
    };
    const Case cases[] = {
        {"UTC", date(2026, 3, 29), 24h, 0s},
        {"Europe/Berlin", date(2026, 1, 5), 24h, 1h},
        {"Europe/Berlin", date(2026, 3, 29), 23h, 1h},
        {"Europe/Berlin", date(2026, 10, 25), 25h, 2h},
        {"Europe/Berlin", date(2044, 7, 1), 24h, 2h},  // by the rule behind the table
        {"America/New_York", date(2026, 3, 8), 23h, -5h},
        {"America/New_York", date(2060, 11, 7), 25h, -4h},
        {"Asia/Kolkata", date(2026, 6, 1), 24h, 5h + 30min},
        {"Australia/Lord_Howe", date(2026, 1, 1), 24h, 11h},
        {"America/Sao_Paulo", date(2018, 11, 4), 23h, -3h},  // the clocks went over midnight
        {"Pacific/Chatham", date(2026, 7, 1), 24h, 12h + 45min},
    };
    for (const Case& test : cases) {
        const TimeZone there = zone(test.name);
        const WallTime start = there.start_of(test.day);
        EXPECT_EQ(test.day - start, test.before_utc) << test.name;
        EXPECT_EQ(there.start_of(test.day + chr::days(1)) - start, test.length) << test.name;
        EXPECT_EQ(there.day_of(start), test.day) << test.name;
        EXPECT_EQ(there.day_of(start - 1ns), test.day - chr::days(1)) << test.name;
    }
}

TEST(TimeZone, OnlyNamesOfTheDatabaseAreZones) {
    for (const char* name : {"", "Local", "Mars/Olympus", "/etc/passwd", "../../../etc/passwd",
                             "Europe/../Europe/Berlin", "Europe", "tzdata.zi", "Europe/Berlin\n"})
        EXPECT_FALSE(TimeZone::load(name).has_value()) << name;
    EXPECT_TRUE(TimeZone::load("Etc/GMT+5").has_value());
}

TEST(TimeZone, FilesCutOffAnywhereAreRefusedOrRead) {
    std::ifstream in("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    ASSERT_TRUE(TimeZone::parse("x", file).has_value());
    std::size_t read = 0;
    for (std::size_t size = 0; size < file.size(); ++size) {
        const std::optional<TimeZone> cut =
            TimeZone::parse("x", std::string_view(file).substr(0, size));
        if (!cut.has_value()) continue;
        ++read;
        EXPECT_EQ(cut->offset(0), 3600) << size;
    }
    EXPECT_LT(read, 40u) << "only what comes after the table may be missing";
}

TEST(TimeZoneNames, AreThoseThatLoadTakes) {
    const std::vector<std::string> names = TimeZone::names();
    EXPECT_GT(names.size(), 300U);
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    for (const char* name : {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"})
        EXPECT_TRUE(std::binary_search(names.begin(), names.end(), name)) << name;
    for (const std::string& name : names) {
        EXPECT_FALSE(name.starts_with("posix") || name.starts_with("right")) << name;
        EXPECT_TRUE(name == "UTC" || TimeZone::load(name).has_value()) << name;
    }
    EXPECT_EQ(TimeZone::names("/nowhere"), std::vector<std::string>{"UTC"});
}

}  // namespace
}  // namespace gomodel::base
