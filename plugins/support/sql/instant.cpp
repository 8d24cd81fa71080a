#include "sql/instant.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace sql {
namespace {

constexpr std::int64_t kDay = 86400;

// Reads from the front of a text; a failed read leaves ok false.
class InstantReader {
public:
    explicit InstantReader(std::string_view text) : rest_(text) {}

    bool ok() const { return ok_; }
    bool at_end() const { return rest_.empty(); }
    bool at_digit() const { return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; }

    int digits(int count) {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            if (!at_digit()) {
                ok_ = false;
                return 0;
            }
            value = value * 10 + (rest_[0] - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }
    // One or two digits; a tens digit alone is what is left of "10" without its last zero.
    int trimmed_seconds() {
        if (!at_digit()) return 0;
        const int tens = digits(1);
        return tens * 10 + (at_digit() ? digits(1) : 0);
    }
    std::int32_t fraction() {
        std::int32_t value = 0;
        std::int32_t unit = 100'000'000;
        for (; at_digit(); unit /= 10)
            value += digits(1) * unit;
        return value;
    }
    bool take(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take(std::string_view word) {
        if (rest_.substr(0, word.size()) != word) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    void need(char c) { ok_ = take(c) && ok_; }

private:
    std::string_view rest_;
    bool ok_ = true;
};

// Seconds east of UTC.
std::int64_t read_offset(InstantReader& in) {
    in.take(' ');
    if (in.at_end() || in.take('Z') || in.take("UTC")) return 0;
    const bool west = in.take('-');
    if (!west) in.need('+');
    std::int64_t offset = in.digits(2) * 3600;
    in.take(':');
    if (in.at_digit()) offset += in.digits(2) * 60;
    if (in.take(' ')) in.take("UTC");
    return west ? -offset : offset;
}

// Digits, a sign and a point only.
std::optional<Instant> parse_number(std::string_view text) {
    const bool negative = text.substr(0, 1) == "-";
    if (negative) text.remove_prefix(1);
    const std::string_view whole = text.substr(0, text.find('.'));
    if (whole.empty() || whole.size() > 12) return std::nullopt;
    InstantReader in(text);
    Instant result;
    while (in.at_digit())
        result.seconds = result.seconds * 10 + in.digits(1);
    if (in.take('.')) result.nanos = in.fraction();
    if (!in.at_end()) return std::nullopt;
    if (!negative) return result;
    if (result.nanos == 0) return Instant{-result.seconds, 0};
    return Instant{-result.seconds - 1, 1'000'000'000 - result.nanos};
}

}  // namespace

std::int64_t days_from_date(std::int64_t year, int month, int day) {
    using namespace std::chrono;
    return sys_days(std::chrono::year(static_cast<int>(year)) / month / day)
        .time_since_epoch()
        .count();
}

Date date_from_days(std::int64_t days) {
    using namespace std::chrono;
    const year_month_day date{sys_days(std::chrono::days(days))};
    return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::optional<Instant> parse_instant(std::string_view text) {
    if (text.size() < 8 || text[4] != '-') return parse_number(text);
    InstantReader in(text);
    const int year = in.digits(4);
    in.need('-');
    const int month = in.digits(2);
    in.need('-');
    const int day = in.digits(2);
    if (!in.ok() || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
    Instant result{days_from_date(year, month, day) * kDay, 0};
    if (in.at_end()) return result;
    if (!in.take('T') && !in.take('t')) in.need(' ');
    const int hour = in.digits(2);
    in.need(':');
    const int minute = in.digits(2);
    const int second = in.take(':') ? in.trimmed_seconds() : 0;
    if (in.take('.') || in.take(',')) result.nanos = in.fraction();
    const std::int64_t offset = read_offset(in);
    if (!in.ok() || !in.at_end() || hour > 24 || minute > 59 || second > 60) return std::nullopt;
    result.seconds += hour * 3600 + minute * 60 + second - offset;
    return result;
}

std::string format_instant(Instant instant) {
    static const std::int64_t kFirst = days_from_date(0, 1, 1) * kDay;
    static const std::int64_t kLast = days_from_date(10000, 1, 1) * kDay - 1;
    const std::int64_t seconds = std::clamp(instant.seconds, kFirst, kLast);
    const std::int64_t of_day = ((seconds % kDay) + kDay) % kDay;
    const Date date = date_from_days((seconds - of_day) / kDay);
    char text[96];
    const int length = std::snprintf(
        text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%09dZ", static_cast<int>(date.year),
        date.month, date.day, static_cast<int>(of_day / 3600), static_cast<int>(of_day / 60 % 60),
        static_cast<int>(of_day % 60), instant.nanos);
    return {text, static_cast<std::size_t>(length)};
}

}  // namespace sql
