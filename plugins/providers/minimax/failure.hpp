// MiniMax says that a request failed inside an answer with status 200, as
// {"base_resp":{"status_code","status_msg"}}. Pure.
// https://platform.minimax.io/docs/api-reference/errorcode
#pragma once

#include <string_view>

namespace minimax {

// Throws the Error that fits the answer's status_code, with its status_msg and the code; returns
// when it is 0 or not there. Throws Error(GM_UNAVAILABLE) when the answer is not JSON.
void check(std::string_view answer);

}  // namespace minimax
