// What counts as a name in configuration files. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace gomodel::config {

inline bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The length of the variable name that `text` starts with: letters, digits, _, no digit first.
inline std::size_t variable_name_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && (is_letter(text[length]) || text[length] == '_' ||
                                    (length > 0 && is_digit(text[length])))) {
        ++length;
    }
    return length;
}

inline bool is_variable_name(std::string_view text) {
    return !text.empty() && variable_name_length(text) == text.size();
}

}  // namespace gomodel::config
