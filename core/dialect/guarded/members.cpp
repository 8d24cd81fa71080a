#include "dialect/guarded/members.hpp"

#include "dialect/json_walk.hpp"
#include "dialect/request.hpp"

namespace gomodel::dialect::guarded {
namespace {

std::size_t offset_in(std::string_view body, const char* at) {
    return static_cast<std::size_t>(at - body.data());
}

}  // namespace

void set_member(json::Node request, std::string_view body, std::string_view name, std::string value,
                std::vector<Edit>& edits) {
    const json::Node member = request[name];
    if (member) {
        edits.push_back(
            {offset_in(body, member.raw().data()), member.raw().size(), std::move(value)});
        return;
    }
    const std::size_t inside = offset_in(body, request.raw().data()) + 1;
    edits.push_back({inside, 0, json::quote(name) + ":" + std::move(value) + ","});
}

void drop_member(json::Node request, std::string_view body, std::string_view name,
                 std::vector<Edit>& edits) {
    const json::Node member = request[name];
    if (!member) return;
    MemberSpan span;
    span.begin = offset_in(body, member.name().data()) - 1;
    span.value = offset_in(body, member.raw().data());
    span.end = span.value + member.raw().size();
    remove_member(span, body, edits);
}

}  // namespace gomodel::dialect::guarded
