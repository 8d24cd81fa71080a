// Text that every database takes: well-formed UTF-8 without NUL. What is neither becomes U+FFFD, so
// that one strange byte of a client's never costs the batch it is in.
#pragma once

#include <string>
#include <string_view>

namespace sql {

std::string mend(std::string_view text);

// The same for a JSON text, where NUL and lone surrogates hide in escapes as well. Numbers beyond
// what a double holds become strings, and white space between the parts is left out. REQUIRES:
// valid JSON.
std::string mend_json(std::string_view json);

}  // namespace sql
