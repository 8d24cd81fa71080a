#include "dialect/json_walk.hpp"

#include "base/json_escape.hpp"
#include "dialect/request.hpp"

namespace gomodel::dialect {
namespace {

constexpr int kMaxDepth = 512;

}  // namespace

void JsonWalk::check(Json::value value, int depth) const {
    if (depth > kMaxDepth) {
        throw BadRequest("nested more than " + std::to_string(kMaxDepth) +
                         " levels deep (at byte " + std::to_string(offset(token(value).data())) +
                         ")");
    }
    switch (value.type()) {
        case Json::json_type::array:
            for (auto element : value.get_array())
                check(element.value(), depth + 1);
            break;
        case Json::json_type::object:
            for (auto field : value.get_object())
                check(field.value(), depth + 1);
            break;
        case Json::json_type::number:
            value.get_number().value();
            break;
        case Json::json_type::boolean:
            value.get_bool().value();
            break;
        case Json::json_type::null:
            if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
            break;
        case Json::json_type::string:
            value.raw_json_token();
            break;
    }
}

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
