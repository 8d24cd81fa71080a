#include "dialect/json_walk.hpp"

#include <algorithm>

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
            value.get_raw_json_string().value();
            break;
    }
}

void remove_member(const MemberSpan& span, std::string_view text, std::vector<Edit>& edits) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t next = text.find_first_not_of(kSpace, span.end);
    if (next != std::string_view::npos && text[next] == ',') {
        edits.push_back({span.begin, next + 1 - span.begin, ""});
        return;
    }
    // The last member goes with the comma before it. Where that went with an earlier member, the
    // two removals become one, which needs the comma before both.
    std::size_t begin = span.begin;
    for (;;) {
        const std::size_t previous = text.find_last_not_of(kSpace, begin - 1);
        const auto taken = std::find_if(edits.begin(), edits.end(), [previous](const Edit& edit) {
            return edit.offset <= previous && previous < edit.offset + edit.length;
        });
        if (taken == edits.end()) {
            if (text[previous] == ',') begin = previous;
            break;
        }
        begin = taken->offset;
        edits.erase(taken);
    }
    edits.push_back({begin, span.end - begin, ""});
}

std::string json_quoted(std::string_view text) {
    std::string result = "\"";
    base::append_json_escaped(result, text);
    result += '"';
    return result;
}

}  // namespace gomodel::dialect
