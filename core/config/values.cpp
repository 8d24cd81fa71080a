#include "config/values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "base/text.hpp"
#include "config/names.hpp"

namespace gomodel::config {
namespace {

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
// A unit that starts another comes after it.
constexpr Unit kUnits[] = {
    {"ns", 1},
    {"us", kMicrosecond},
    {"\xC2\xB5s", kMicrosecond},  // U+00B5, micro sign
    {"\xCE\xBCs", kMicrosecond},  // U+03BC, Greek mu
    {"ms", kMillisecond},
    {"s", kSecond},
    {"m", kMinute},
    {"h", kHour},
};

bool is_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return base::iequals(text, word); });
}

// Takes digits with at most one point off the front of `text`.
std::optional<long double> take_decimal(std::string_view& text) {
    std::size_t length = 0;
    std::size_t digits = 0;
    while (length < text.size() && (is_digit(text[length]) || text[length] == '.')) {
        if (is_digit(text[length++])) ++digits;
    }
    long double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
    if (digits == 0 || error != std::errc() || end != text.data() + length) return std::nullopt;
    text.remove_prefix(length);
    return value;
}

const Unit* take_unit(std::string_view& text) {
    for (const Unit& unit : kUnits) {
        if (text.starts_with(unit.name)) {
            text.remove_prefix(unit.name.size());
            return &unit;
        }
    }
    return nullptr;
}

}  // namespace

std::optional<bool> parse_yaml_bool(std::string_view text) {
    if (is_any(text, {"true", "yes", "on", "y"})) return true;
    if (is_any(text, {"false", "no", "off", "n"})) return false;
    return std::nullopt;
}

EnvBool parse_env_bool(std::string_view text) {
    if (is_any(text, {"true", "1"})) return {true, true};
    return {false, is_any(text, {"false", "0", "no", "off", "n", "f", "disabled"})};
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
    return value;
}

std::optional<double> parse_number(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

std::optional<base::Duration> parse_duration(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    long double total = 0;
    while (!text.empty()) {
        const auto number = take_decimal(text);
        const Unit* const unit = number ? take_unit(text) : nullptr;
        if (unit == nullptr) return std::nullopt;
        total += *number * static_cast<long double>(unit->nanoseconds);
    }
    constexpr auto kMost = static_cast<long double>(std::numeric_limits<std::int64_t>::max());
    if (total >= kMost) return std::nullopt;
    const auto nanoseconds = static_cast<std::int64_t>(std::roundl(total));
    return base::Duration(negative ? -nanoseconds : nanoseconds);
}

std::string format_duration(base::Duration duration) {
    const std::int64_t count = duration.count();
    if (count == 0) return "0s";
    const auto magnitude = static_cast<long double>(count < 0 ? -static_cast<long double>(count)
                                                              : static_cast<long double>(count));
    const std::string sign = count < 0 ? "-" : "";
    for (const Unit& unit :
         {Unit{"ns", 1}, Unit{"\xC2\xB5s", kMicrosecond}, Unit{"ms", kMillisecond}}) {
        if (magnitude < static_cast<long double>(unit.nanoseconds) * 1000) {
            const auto value = magnitude / static_cast<long double>(unit.nanoseconds);
            return sign + format_number(static_cast<double>(value)).append(unit.name);
        }
    }
    auto rest = static_cast<std::uint64_t>(magnitude);
    std::string text = sign;
    const std::uint64_t hours = rest / kHour;
    rest %= kHour;
    const std::uint64_t minutes = rest / kMinute;
    rest %= kMinute;
    if (hours > 0) text += std::to_string(hours) + 'h';
    if (hours > 0 || minutes > 0) text += std::to_string(minutes) + 'm';
    text += format_number(static_cast<double>(rest) / static_cast<double>(kSecond));
    return text + 's';
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    if (!text.empty() && (text.back() == 'B' || text.back() == 'b')) text.remove_suffix(1);
    unsigned shift = 0;
    if (!text.empty()) {
        const std::size_t unit =
            std::string_view("KMG").find(base::upper(text.substr(text.size() - 1)));
        if (unit != std::string_view::npos) {
            shift = static_cast<unsigned>(10 * (unit + 1));
            text.remove_suffix(1);
        }
    }
    const auto count = base::parse_decimal(text);
    if (!count || *count > (std::numeric_limits<std::uint64_t>::max() >> shift))
        return std::nullopt;
    return *count << shift;
}

std::string format_size(std::uint64_t bytes) {
    for (const auto& [shift, unit] : {std::pair{30U, 'G'}, {20U, 'M'}, {10U, 'K'}}) {
        const std::uint64_t whole = bytes >> shift;
        if (whole > 0 && whole << shift == bytes) return std::to_string(whole) + unit;
    }
    return std::to_string(bytes);
}

std::string format_number(double number) {
    char text[32];
    const auto result = std::to_chars(text, text + sizeof text, number);
    return {text, result.ptr};
}

}  // namespace gomodel::config
