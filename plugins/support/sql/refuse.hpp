// How what the host asks for is refused: with a message that names what is wrong, and shows no more
// of it than a line holds.
#pragma once

#include <gomodel/error.hpp>

#include <string>
#include <string_view>

namespace sql {

[[noreturn]] inline void refuse(const std::string& message) {
    throw gomodel::Error(GM_INVALID, message);
}

inline std::string shortened(std::string_view text) {
    return text.size() <= 80 ? std::string(text) : std::string(text.substr(0, 77)) + "...";
}

}  // namespace sql
