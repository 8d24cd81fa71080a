#include "effort.hpp"

#include <gomodel/view.hpp>

namespace deepseek {
namespace {

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

std::string_view effort_name(std::string_view effort) {
    const std::string_view level = trim(effort);
    for (const char* const name : {"low", "medium"}) {
        if (gomodel::iequals(level, name)) return "high";
    }
    for (const char* const name : {"xhigh", "max"}) {
        if (gomodel::iequals(level, name)) return "max";
    }
    return effort;
}

}  // namespace deepseek
