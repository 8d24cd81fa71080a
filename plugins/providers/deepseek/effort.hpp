// DeepSeek's levels of reasoning effort. Pure.
#pragma once

#include <string_view>

namespace deepseek {

// DeepSeek thinks "high" or "max": low and medium become high, xhigh and max become max, in any
// case and whatever the spaces around them. Anything else stays for the upstream to judge.
// https://api-docs.deepseek.com/guides/thinking_mode
std::string_view effort_name(std::string_view effort);

}  // namespace deepseek
