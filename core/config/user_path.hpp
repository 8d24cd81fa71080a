// User paths: whose request it is, such as /team/alpha. Used for budgets, guardrails and the
// request header. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gomodel::config {

// Trimmed, with a leading slash, without empty or padded segments: " team//alpha/" ->
// "/team/alpha". Blank gives blank. kInvalid for a segment that is . or .. or holds a colon.
base::Result<std::string> normalise_user_path(std::string_view text);

}  // namespace gomodel::config
