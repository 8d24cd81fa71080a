// Points in time as databases hold them: parsed from any form an existing database may contain,
// written in one form of fixed length, which sorts as text.
// Sources: RFC 3339; https://sqlite.org/lang_datefunc.html
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sql {

struct Instant {
    std::int64_t seconds = 0;  // since 1970-01-01T00:00:00Z
    std::int32_t nanos = 0;    // 0 to 999,999,999
    auto operator<=>(const Instant&) const = default;
};

// Reads "2026-02-17T10:00:05.123Z" with T or a space, any number of digits of fraction, and Z,
// +hh:mm, " +0000 UTC" or nothing (UTC) behind it; "2026-02-17"; and a number of seconds since 1970
// with or without a fraction. nullopt: none of these.
std::optional<Instant> parse_instant(std::string_view text);

// "2026-02-17T10:00:05.123000000Z". Years 0 to 9999; beyond them the nearest of those.
std::string format_instant(Instant instant);

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back.
std::int64_t days_from_date(std::int64_t year, int month, int day);
struct Date {
    std::int64_t year;
    int month;
    int day;
};
Date date_from_days(std::int64_t days);

}  // namespace sql
