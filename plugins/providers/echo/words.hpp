// Words as tokens, and hashes as identity: the echo gives the same answer to the same request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace echo {

// Runs of anything but ASCII white space.
std::size_t count_words(std::string_view text);

// The text in pieces of a word each, with the white space before it; what follows the last word
// belongs to it. Joined, the pieces are the text.
std::vector<std::string_view> split_words(std::string_view text);

// FNV-1a, 64 bits.
std::uint64_t hash(std::string_view text, std::uint64_t seed = 0);
std::string hex(std::uint64_t value);

}  // namespace echo
