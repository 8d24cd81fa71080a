// The messages of a chat, responses or messages request as guardrails see them (see entry.hpp), and
// the same request with what they made of them. What no guardrail has changed keeps its bytes.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialect/request.hpp"

namespace gomodel::dialect::guarded {

// True iff requests of this endpoint are shown to guardrails.
constexpr bool is_guarded(Endpoint endpoint) {
    return endpoint == Endpoint::kChat || endpoint == Endpoint::kResponses ||
           endpoint == Endpoint::kMessages;
}

// The list of messages, a JSON array. ApiError: 400, the request has no such list.
// REQUIRES: is_guarded().
std::variant<std::string, ApiError> messages_in(Endpoint endpoint, std::string_view body);

// Why this is no list of messages, for people; empty: it is one.
std::string fault_of(std::string_view messages);

// The edits that make the request carry these messages; none if it does. ApiError: 400, they are
// not the client's any more. REQUIRES: messages_in() and fault_of() found no fault.
std::variant<std::vector<Edit>, ApiError> edits_for(Endpoint endpoint, std::string_view body,
                                                    std::string_view messages);

}  // namespace gomodel::dialect::guarded
