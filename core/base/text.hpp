// Small text functions on ASCII that the standard library lacks.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::base {

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
std::string_view trim(std::string_view text);  // of what is_space()
std::string lower(std::string_view text);
std::string upper(std::string_view text);
bool iequals_same_size(std::string_view a, std::string_view b);
inline bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() && iequals_same_size(a, b);
}
bool istarts_with(std::string_view text, std::string_view prefix);

// The pieces between separators, trimmed, without the empty ones: "a, b,,c" -> a b c.
std::vector<std::string> split_list(std::string_view text, char separator = ',');

// The candidate that differs least from `word`, if one is near enough to be a likely typo (at most
// a third of its letters).
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string_view>& candidates);

// Copies the text to `to`, which has room for it. Returns the end.
inline char* put(char* to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

// True iff both hold the same bytes; takes the same time wherever they differ.
bool constant_time_equals(std::string_view a, std::string_view b);

// A decimal number with nothing before or after it, no sign; nullopt also when it overflows.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

}  // namespace gomodel::base
