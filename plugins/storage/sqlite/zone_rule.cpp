#include "zone_rule.hpp"

#include <algorithm>

#include "sql/instant.hpp"

namespace storage_sqlite {
namespace {

constexpr std::int64_t kDaySeconds = 86400;

std::int64_t year_of(std::int64_t seconds) {
    const std::int64_t of_day = ((seconds % kDaySeconds) + kDaySeconds) % kDaySeconds;
    return sql::date_from_days((seconds - of_day) / kDaySeconds).year;
}

}  // namespace

class ZoneRule::Parser {
public:
    explicit Parser(std::string_view text) : rest_(text) {}

    std::optional<ZoneRule> run() {
        ZoneRule rule;
        if (!name() || !offset(rule.standard_)) return std::nullopt;
        rule.standard_ = -rule.standard_;  // POSIX counts west
        rule.summer_ = rule.standard_ + 3600;
        if (rest_.empty()) return rule;
        rule.changes_ = true;
        if (!name()) return std::nullopt;
        if (!rest_.empty() && rest_[0] != ',') {
            if (!offset(rule.summer_)) return std::nullopt;
            rule.summer_ = -rule.summer_;
        }
        if (!take(',') || !day(rule.begin_) || !take(',') || !day(rule.end_)) return std::nullopt;
        return rest_.empty() ? std::optional(rule) : std::nullopt;
    }

private:
    bool take(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool name() {
        if (take('<')) {
            const std::size_t end = rest_.find('>');
            if (end == std::string_view::npos) return false;
            rest_.remove_prefix(end + 1);
            return true;
        }
        const auto* const end = std::find_if(rest_.begin(), rest_.end(), [](char c) {
            return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
        });
        const auto length = static_cast<std::size_t>(end - rest_.begin());
        rest_.remove_prefix(length);
        return length >= 3;
    }
    bool number(int& value) {
        std::size_t digits = 0;
        for (value = 0;
             digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9' && digits < 4;
             ++digits)
            value = value * 10 + (rest_[digits] - '0');
        rest_.remove_prefix(digits);
        return digits > 0;
    }
    // [+-]hh[:mm[:ss]]
    bool offset(std::int32_t& seconds) {
        const bool negative = take('-');
        if (!negative) take('+');
        int part = 0;
        if (!number(part)) return false;
        seconds = part * 3600;
        for (const int unit : {60, 1}) {
            if (!take(':')) break;
            if (!number(part)) return false;
            seconds += part * unit;
        }
        if (negative) seconds = -seconds;
        return true;
    }
    bool day(Day& day) {
        if (take('M')) {
            const bool good = number(day.month) && take('.') && number(day.week) && take('.') &&
                              number(day.day) && day.month >= 1 && day.month <= 12 &&
                              day.week >= 1 && day.week <= 5 && day.day <= 6;
            if (!good) return false;
        } else {
            day.kind = take('J') ? 'J' : 'n';
            if (!number(day.day) || day.day > 365) return false;
        }
        return !take('/') || offset(day.time);
    }

    std::string_view rest_;
};

std::optional<ZoneRule> ZoneRule::parse(std::string_view text) {
    return Parser(text).run();
}

std::int64_t ZoneRule::day_of(const Day& day, std::int64_t year) {
    const std::int64_t new_year = sql::days_from_date(year, 1, 1);
    if (day.kind == 'n') return new_year + day.day;
    if (day.kind == 'J') {
        const bool leap = sql::days_from_date(year + 1, 1, 1) - new_year == 366;
        return new_year + day.day - 1 + (leap && day.day >= 60 ? 1 : 0);
    }
    const std::int64_t first = sql::days_from_date(year, day.month, 1);
    const std::int64_t next = day.month == 12 ? sql::days_from_date(year + 1, 1, 1)
                                              : sql::days_from_date(year, day.month + 1, 1);
    const std::int64_t weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    std::int64_t found = first + (day.day - weekday + 7) % 7 + (day.week - 1) * 7;
    while (found >= next)
        found -= 7;
    return found;
}

std::array<std::int64_t, 2> ZoneRule::changes_of(std::int64_t year) const {
    return {day_of(begin_, year) * kDaySeconds + begin_.time - standard_,
            day_of(end_, year) * kDaySeconds + end_.time - summer_};
}

std::int32_t ZoneRule::offset(std::int64_t seconds) const {
    if (!changes_) return standard_;
    const auto [begin, end] = changes_of(year_of(seconds + standard_));
    // South of the equator, summer spans the new year.
    const bool summer =
        begin < end ? seconds >= begin && seconds < end : seconds >= begin || seconds < end;
    return summer ? summer_ : standard_;
}

}  // namespace storage_sqlite
