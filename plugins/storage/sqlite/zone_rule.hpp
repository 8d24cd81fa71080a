// What a tz database file says about the future: a rule such as "CET-1CEST,M3.5.0,M10.5.0/3".
// Source: POSIX.1-2017, section 8.3 (TZ), with RFC 9636's wider range of hours.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace storage_sqlite {

class ZoneRule {
public:
    // nullopt: not such a rule.
    static std::optional<ZoneRule> parse(std::string_view text);

    // Seconds east of UTC at an instant.
    std::int32_t offset(std::int64_t seconds) const;
    bool changes() const { return changes_; }
    // The instants of a year at which summer time begins and ends.
    std::array<std::int64_t, 2> changes_of(std::int64_t year) const;

private:
    struct Day {
        char kind = 'M';  // M: week day of a month; J: day 1 to 365, no leap day; n: day 0 to 365
        int month = 0;
        int week = 0;  // 5: the last
        int day = 0;
        std::int32_t time = 7200;  // seconds from local midnight
    };
    class Parser;

    static std::int64_t day_of(const Day& day, std::int64_t year);

    std::int32_t standard_ = 0;
    std::int32_t summer_ = 0;
    bool changes_ = false;
    Day begin_;
    Day end_;
};

}  // namespace storage_sqlite
