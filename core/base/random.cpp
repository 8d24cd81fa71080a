#include "base/random.hpp"

#include <sys/random.h>

#include <bit>
#include <random>
#include <stdexcept>

namespace gomodel::base {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

std::string uuid4_of(std::uint64_t first, std::uint64_t second) {
    constexpr std::uint64_t kVersion = 0x0000000000004000ULL;
    constexpr std::uint64_t kVariant = 0x8000000000000000ULL;
    const std::uint64_t halves[2] = {(first & ~0xf000ULL) | kVersion,
                                     (second & ~0xc000000000000000ULL) | kVariant};

    // Where each of the 16 bytes goes.
    constexpr std::uint8_t kAt[] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
    std::string text(36, '-');
    for (std::size_t i = 0; i < 16; ++i) {
        const std::uint8_t byte = static_cast<std::uint8_t>(halves[i / 8] >> (56 - 8 * (i % 8)));
        text[kAt[i]] = kHexDigits[byte >> 4];
        text[kAt[i] + 1u] = kHexDigits[byte & 0xf];
    }
    return text;
}

}  // namespace

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
    const std::uint64_t first = random.next();
    return uuid4_of(first, random.next());
}

std::string uuid4_by_time(Random& random, WallTime now) {
    const auto milliseconds =
        std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
    const std::uint64_t first = random.next() & 0xffff;
    return uuid4_of(static_cast<std::uint64_t>(milliseconds) << 16 | first, random.next());
}

}  // namespace gomodel::base
