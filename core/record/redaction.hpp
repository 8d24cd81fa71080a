// Takes secrets out of what is kept of a request's head. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace gomodel::record {

inline constexpr std::string_view kRedacted = "[REDACTED]";

// True iff the value of a header or of a query's parameter is a secret: those of credentials, and
// whatever has "token", "secret", "password" or "api-key" in its name. `name`: in any case.
bool names_secret(std::string_view name);

// A query, or a URL with one, with the values of such parameters replaced.
std::string redact_query(std::string_view text);

}  // namespace gomodel::record
