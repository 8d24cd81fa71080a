// What Anthropic must not be sent: thinking that the gateway has marked as another provider's, from
// turns that were answered over chat. It would be refused for its signature. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "dialect/splice.hpp"

namespace gomodel::dialect::messages {

// The edits that take such blocks out of a request; none, at the cost of one search, if there are
// no such blocks.
std::vector<Edit> without_marked_thinking(std::string_view request);

}  // namespace gomodel::dialect::messages
