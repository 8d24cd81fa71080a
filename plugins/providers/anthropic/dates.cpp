#include "anthropic/dates.hpp"

#include <charconv>
#include <chrono>
#include <string>

namespace anthropic {
namespace {

// A number of exactly `digits` digits at `at`.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) return std::nullopt;
    int value = 0;
    const char* const first = text.data() + at;
    const auto [stop, error] = std::from_chars(first, first + digits, value);
    if (error != std::errc() || stop != first + digits || *first == '-') return std::nullopt;
    return value;
}

// Of a date and a time of day, each field checked for its range.
std::optional<std::int64_t> seconds_of(int year, int month, int day, int hour, int minute,
                                       int second) {
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return days * 86400 + hour * 3600 + minute * 60 + second;
}

// "08:12:31" at `at`, on that day.
std::optional<std::int64_t> with_time(std::string_view text, std::size_t at, int year, int month,
                                      int day) {
    const auto hour = digits_at(text, at, 2);
    const auto minute = digits_at(text, at + 3, 2);
    const auto second = digits_at(text, at + 6, 2);
    if (!hour || !minute || !second) return std::nullopt;
    return seconds_of(year, month, day, *hour, *minute, *second);
}

}  // namespace

std::optional<std::int64_t> read_http_date(std::string_view text) {
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29) return std::nullopt;
    const auto day = digits_at(text, 5, 2);
    const std::size_t month = kMonths.find(text.substr(8, 3));
    const auto year = digits_at(text, 12, 4);
    if (!day || !year || month == std::string_view::npos || month % 3 != 0) return std::nullopt;
    return with_time(text, 17, *year, static_cast<int>(month / 3) + 1, *day);
}

std::optional<std::int64_t> read_timestamp(std::string_view text) {
    const auto year = digits_at(text, 0, 4);
    const auto month = digits_at(text, 5, 2);
    const auto day = digits_at(text, 8, 2);
    if (!year || !month || !day) return std::nullopt;
    const auto local = with_time(text, 11, *year, *month, *day);
    if (!local) return std::nullopt;
    const std::size_t zone = text.find_first_not_of(".0123456789", 19);
    if (zone == std::string_view::npos) return std::nullopt;
    if (text[zone] == 'Z' || text[zone] == 'z') return local;
    const auto hours = digits_at(text, zone + 1, 2);
    const auto minutes = digits_at(text, zone + 4, 2);
    if (!hours || !minutes) return std::nullopt;
    const std::int64_t offset = *hours * 3600 + *minutes * 60;
    return text[zone] == '-' ? *local + offset : *local - offset;
}

std::int64_t now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

}  // namespace anthropic
