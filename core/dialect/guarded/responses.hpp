// What a request to /v1/responses says, as guardrails see it: its instructions as a system message
// in front, and a message for each item of the input. Items that are no part of the conversation's
// text (reasoning, what a provider's own tools did) are not shown and stay before the item they
// were before. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string_view>
#include <vector>

#include "dialect/guarded/entry.hpp"
#include "dialect/splice.hpp"

namespace gomodel::dialect::guarded {

// Throws Rejected.
std::vector<Entry> responses_entries(json::Node request);

// The edits of `body`, of which `request` was read, that make it say this; none if it does. System
// messages in front that are no item become the instructions, others items. Throws Rejected.
std::vector<Edit> responses_edits(json::Node request, std::string_view body,
                                  const std::vector<Entry>& after);

}  // namespace gomodel::dialect::guarded
