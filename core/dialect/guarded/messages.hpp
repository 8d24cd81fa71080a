// What a request to /v1/messages says, as guardrails see it: the system prompt in front, the
// results of tools as messages of their own, and each turn's text. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string_view>
#include <vector>

#include "dialect/guarded/entry.hpp"
#include "dialect/splice.hpp"

namespace gomodel::dialect::guarded {

// Throws Rejected.
std::vector<Entry> messages_entries(json::Node request);

// The edits of `body`, of which `request` was read, that make it say this; none if it does. System
// messages that are none of the turns become the system prompt. Throws Rejected.
std::vector<Edit> messages_edits(json::Node request, std::string_view body,
                                 const std::vector<Entry>& after);

}  // namespace gomodel::dialect::guarded
