// MiniMax takes temperatures above 0 only. Pure.
#pragma once

#include <string>
#include <string_view>

namespace minimax {

// A temperature of 0 or less becomes 1.0. True: `out` holds what to send instead of `body`.
bool raise_temperature(std::string_view body, std::string& out);

}  // namespace minimax
