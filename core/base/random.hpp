// Randomness as a dependency. One instance a thread: not thread-safe.
#pragma once

#include <cstdint>
#include <string>

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

}  // namespace gomodel::base
