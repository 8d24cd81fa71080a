// UTF-8 checks on untrusted bytes (RFC 3629: no surrogates, nothing past U+10FFFF, no overlong
// forms).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gomodel::base {

// The length in bytes of the well-formed sequence that starts at text[at]; 0 if it is ill-formed or
// cut off. REQUIRES: at < text.size().
std::size_t utf8_sequence(std::string_view text, std::size_t at);

bool is_utf8(std::string_view text);

// `text` with every ill-formed byte replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

}  // namespace gomodel::base
