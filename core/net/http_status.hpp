// Reason phrases of HTTP status codes (IANA registry).
#pragma once

#include <string_view>

namespace gomodel::net {

// "Unknown" for a code without a registered phrase.
std::string_view reason_phrase(int status);

}  // namespace gomodel::net
