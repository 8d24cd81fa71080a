// Between the ABI's borrowed bytes and std::string_view. Nothing here copies or allocates: a view
// lives as long as the call that handed it out. Any thread.
#pragma once

#include <gomodel/abi.h>

#include <cstddef>
#include <string_view>

namespace gomodel {

inline std::string_view view(gm_str_t text) {
    return text.len == 0 ? std::string_view() : std::string_view(text.data, text.len);
}

inline gm_str_t str(std::string_view text) {
    return {text.data(), text.size()};
}

// True iff both are the same ASCII text, upper and lower case alike: header names.
inline bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto lower = [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        };
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

}  // namespace gomodel
