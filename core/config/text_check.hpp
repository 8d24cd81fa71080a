// Refuses what is no text before a parser sees it. Pure; any thread.
#pragma once

#include <string_view>

namespace gomodel::config {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // of UTF-8

// The line of the first byte that is a control character other than tab, CR and LF, or that is not
// UTF-8; 0 if there is none.
int line_of_bad_byte(std::string_view text);

constexpr const char* kBadByte = "not text: a byte here is a control character or not UTF-8";

}  // namespace gomodel::config
