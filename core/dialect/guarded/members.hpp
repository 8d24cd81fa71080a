// Edits of a request's own members, at their offsets in the text. Private to the view of messages.
// Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "dialect/splice.hpp"

namespace gomodel::dialect::guarded {

// Gives a member of the request this value; adds it if there is none. REQUIRES: `request` was read
// from `body`, and is an object with a member.
void set_member(json::Node request, std::string_view body, std::string_view name, std::string value,
                std::vector<Edit>& edits);

// Takes a member out, if it is there. To be called after all edits of the same request.
void drop_member(json::Node request, std::string_view body, std::string_view name,
                 std::vector<Edit>& edits);

}  // namespace gomodel::dialect::guarded
