// Numbers taken out of JSON before RapidJSON reads it, which refuses the ones that a double cannot
// hold. JSON's grammar does not limit them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gomodel::fuzz {

namespace detail {

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Over the digits that `text` begins with; false: there are none.
inline bool take_digits(std::string_view& text) {
    if (text.empty() || !is_digit(text.front())) return false;
    while (!text.empty() && is_digit(text.front()))
        text.remove_prefix(1);
    return true;
}

inline bool take_any_of(std::string_view& text, std::string_view choice) {
    if (text.empty() || choice.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

inline bool is_number(std::string_view text) {
    take_any_of(text, "-");
    if (!take_any_of(text, "0") && !take_digits(text)) return false;
    if (take_any_of(text, ".") && !take_digits(text)) return false;
    if (take_any_of(text, "eE")) {
        take_any_of(text, "+-");
        if (!take_digits(text)) return false;
    }
    return text.empty();
}

// Where the string that begins at `at` ends: behind its closing quote, or the text.
inline std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '"') return at + 1;
        if (text[at] == '\\') ++at;
    }
    return text.size();
}

}  // namespace detail

// `text` with `replace(number)` in each number's place. What only looks like one stays.
template <typename Replace>
std::string with_numbers(std::string_view text, Replace&& replace) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        if (text[at] == '"') {
            end = detail::end_of_string(text, at);
        } else if (text[at] == '-' || detail::is_digit(text[at])) {
            end = text.find_first_not_of("+-.0123456789eE", at);
            if (end == std::string_view::npos) end = text.size();
            if (detail::is_number(text.substr(at, end - at))) {
                out += replace(text.substr(at, end - at));
                at = end;
                continue;
            }
        }
        out.append(text.substr(at, end - at));
        at = end;
    }
    return out;
}

// The same JSON with a zero of the same length for each number.
inline std::string with_zeros(std::string_view text) {
    return with_numbers(text, [](std::string_view number) {
        std::string zero(number.size(), '0');
        if (zero.size() == 2) zero[0] = '1';
        if (zero.size() > 2) zero[1] = '.';
        return zero;
    });
}

// The same JSON with a string of its digits for each number.
inline std::string with_quoted_numbers(std::string_view text) {
    return with_numbers(
        text, [](std::string_view number) { return "\"number " + std::string(number) + "\""; });
}

}  // namespace gomodel::fuzz
