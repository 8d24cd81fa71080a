// The messages of a chat request as guardrails see them, one for each, and written back. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string_view>
#include <vector>

#include "dialect/guarded/entry.hpp"
#include "dialect/splice.hpp"

namespace gomodel::dialect::guarded {

// Throws Rejected.
std::vector<Entry> chat_entries(json::Node request);

// The edits of `body`, of which `request` was read, that make its messages these; none if they are.
// Throws Rejected.
std::vector<Edit> chat_edits(json::Node request, std::string_view body,
                             const std::vector<Entry>& after);

}  // namespace gomodel::dialect::guarded
