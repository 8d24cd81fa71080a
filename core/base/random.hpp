// Randomness as a dependency. One instance a thread: not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace gomodel::base {

class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;  // 64 uniform bits
};

// Seeded from the operating system; fast, not for secrets.
class SystemRandom final : public Random {
public:
    SystemRandom();
    std::uint64_t next() override;

private:
    std::uint64_t state_[4];
};

// A version 4 UUID in its 36-character lower-case form (RFC 9562).
std::string uuid4(Random& random);
// The same form, but its first 48 bits are the milliseconds since 1970: what is made later sorts
// behind, so that rows with such ids go to one end of a database's index and not all over it.
std::string uuid4_by_time(Random& random, WallTime now);

}  // namespace gomodel::base
