#include "admin/query_string.hpp"

#include <charconv>

#include "base/text.hpp"

namespace gomodel::admin {
namespace {

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned value = 0;
        const char* const digits = text.data() + at + 1;
        if (text[at] == '%' && at + 2 < text.size() &&
            std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
            plain += static_cast<char>(value);
            at += 2;
        } else {
            plain += text[at] == '+' ? ' ' : text[at];
        }
    }
    return plain;
}

}  // namespace

QueryString::QueryString(std::string_view query) {
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view part = query.substr(0, end);
        const std::size_t equals = part.find('=');
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
        parameters_.try_emplace(decoded(part.substr(0, equals)), base::trim(decoded(value)));
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    }
}

const std::string& QueryString::operator[](std::string_view name) const {
    static const std::string kAbsent;
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? kAbsent : found->second;
}

}  // namespace gomodel::admin
