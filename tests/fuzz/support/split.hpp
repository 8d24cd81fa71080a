// The ways in which a target feeds its input: whole, cut at places that follow from the bytes alone
// (so that a find can be repeated), and, when it is short, byte by byte.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::fuzz {

// Each piece in memory of its own, as the reads of a socket are: AddressSanitizer sees who looks
// past its end, or at it once it is gone.
using Pieces = std::vector<std::string>;

// Small numbers that follow from a seed text.
class Choices {
public:
    explicit Choices(std::string_view seed) {
        for (const char c : seed) {
            state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        }
    }
    // From 0 to `end` - 1. REQUIRES: end > 0.
    std::size_t below(std::size_t end) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::size_t>(state_ % end);
    }

private:
    std::uint64_t state_ = 0xcbf29ce484222325U;
};

inline Pieces in_pieces(std::string_view bytes) {
    static constexpr std::array<std::size_t, 6> kSizes = {1, 2, 5, 20, 100, 2000};
    Choices choices(bytes);
    Pieces pieces;
    while (!bytes.empty()) {
        const std::size_t most = kSizes[choices.below(kSizes.size())];
        const std::size_t size = std::min(bytes.size(), choices.below(most) + 1);
        pieces.emplace_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return pieces;
}

inline Pieces in_bytes(std::string_view bytes) {
    Pieces pieces;
    for (const char byte : bytes)
        pieces.emplace_back(1, byte);
    return pieces;
}

// Every way but the whole.
inline std::vector<Pieces> ways_to_split(std::string_view bytes) {
    constexpr std::size_t kShort = 400;
    std::vector<Pieces> ways;
    ways.push_back(in_pieces(bytes));
    if (bytes.size() <= kShort) ways.push_back(in_bytes(bytes));
    return ways;
}

}  // namespace gomodel::fuzz
