#include "dialect/json_walk.hpp"

#include "base/log.hpp"
#include "dialect/request.hpp"

namespace gomodel::dialect {

Edit removal(const MemberSpan& span, std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t next = text.find_first_not_of(kSpace, span.end);
    if (next != std::string_view::npos && text[next] == ',') {
        return {span.begin, next + 1 - span.begin, ""};
    }
    const std::size_t previous = text.find_last_not_of(kSpace, span.begin - 1);
    const bool comma = previous != std::string_view::npos && text[previous] == ',';
    const std::size_t begin = comma ? previous : span.begin;
    return {begin, span.end - begin, ""};
}

std::string json_quoted(std::string_view text) {
    std::string result = "\"";
    base::append_json_escaped(result, text);
    result += '"';
    return result;
}

}  // namespace gomodel::dialect
