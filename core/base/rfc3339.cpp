#include "base/rfc3339.hpp"

namespace gomodel::base {
namespace {

constexpr int kFirstYear = 1678;  // what a WallTime can hold
constexpr int kLastYear = 2261;

// Reads a text from its front; once it has failed it stays so.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (!at_digit()) return fail();
            value = value * 10 + (text_.front() - '0');
            text_.remove_prefix(1);
        }
        return value;
    }
    bool take(std::string_view any_of) {
        if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view any_of) { ok_ = take(any_of) && ok_; }

    // Of a second, behind its point.
    Duration fraction() {
        std::int64_t value = 0;
        std::int64_t unit = 100'000'000;
        if (!at_digit()) fail();
        for (; at_digit(); text_.remove_prefix(1), unit /= 10)
            value += unit * (text_.front() - '0');
        return Duration(value);
    }
    bool whole() const { return ok_ && text_.empty(); }

private:
    bool at_digit() const { return !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; }
    int fail() {
        ok_ = false;
        return 0;
    }

    std::string_view text_;
    bool ok_ = true;
};

Duration read_offset(Cursor& cursor) {
    if (cursor.take("Zz")) return {};
    const bool behind = cursor.take("-");
    if (!behind) cursor.expect("+");
    const int hours = cursor.digits(2);
    cursor.expect(":");
    const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(cursor.digits(2));
    return behind ? -offset : offset;
}

}  // namespace

std::optional<WallTime> parse_rfc3339(std::string_view text) {
    Cursor cursor(text);
    const std::chrono::year year{cursor.digits(4)};
    cursor.expect("-");
    const std::chrono::month month{static_cast<unsigned>(cursor.digits(2))};
    cursor.expect("-");
    const std::chrono::day day{static_cast<unsigned>(cursor.digits(2))};
    cursor.expect("Tt ");
    const int hour = cursor.digits(2);
    cursor.expect(":");
    const int minute = cursor.digits(2);
    cursor.expect(":");
    const int second = cursor.digits(2);
    const Duration fraction = cursor.take(".") ? cursor.fraction() : Duration();
    const Duration offset = read_offset(cursor);
    const std::chrono::year_month_day date{year, month, day};
    const bool shown = date.ok() && hour < 24 && minute < 60 && second <= 60 &&
                       static_cast<int>(year) >= kFirstYear && static_cast<int>(year) <= kLastYear;
    if (!cursor.whole() || !shown) return std::nullopt;
    const WallTime midnight{std::chrono::sys_days(date)};
    return midnight + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + fraction - offset;
}

}  // namespace gomodel::base
