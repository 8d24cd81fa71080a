#include "base/random.hpp"

#include <sys/random.h>

#include <bit>
#include <random>
#include <stdexcept>

namespace gomodel::base {

SystemRandom::SystemRandom() {
    if (::getrandom(state_, sizeof state_, 0) != static_cast<ssize_t>(sizeof state_)) {
        throw std::runtime_error("getrandom: the operating system gave no random bytes");
    }
    state_[0] |= 1;  // the all-zero state is the one that xoshiro cannot leave
}

// xoshiro256** by Blackman and Vigna (public domain reference).
std::uint64_t SystemRandom::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::string uuid4(Random& random) {
    constexpr char kHex[] = "0123456789abcdef";
    constexpr std::uint64_t kVersion = 0x0000000000004000ULL;
    constexpr std::uint64_t kVariant = 0x8000000000000000ULL;
    std::uint64_t halves[2] = {random.next(), random.next()};
    halves[0] = (halves[0] & ~0xf000ULL) | kVersion;
    halves[1] = (halves[1] & ~0xc000000000000000ULL) | kVariant;

    std::string text(36, '-');
    std::size_t at = 0;
    for (int nibble = 0; nibble < 32; ++nibble) {
        if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
        const std::uint64_t half = halves[nibble / 16];
        text[at++] = kHex[(half >> (60 - 4 * (nibble % 16))) & 0xf];
    }
    return text;
}

}  // namespace gomodel::base
