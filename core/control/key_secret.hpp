// The secrets of managed API keys: "sk_gom_" and 32 random bytes in base64url. Pure but for the
// randomness, which is the operating system's.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gomodel::control {

// A new key in full. kInternal: there is no randomness.
base::Result<std::string> new_token();
// What is kept of it: SHA-256 of what follows the prefix, in 64 hex digits.
std::string secret_hash(std::string_view token);
// What is shown of it: "sk_gom_..." and its last four letters.
std::string redacted(std::string_view token);

}  // namespace gomodel::control
