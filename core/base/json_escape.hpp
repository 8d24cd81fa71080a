// Text as the inside of a JSON string: quotes, backslashes and control characters escaped, bytes
// that are not UTF-8 replaced by U+FFFD.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gomodel::base {

constexpr std::size_t kMaxEscape = 6;  // bytes that one byte of text can become

// Writes to `to`, which has room for kMaxEscape bytes for each of the text. Returns the end.
char* write_json_escaped(char* to, std::string_view text);

void append_json_escaped(std::string& out, std::string_view text);

}  // namespace gomodel::base
