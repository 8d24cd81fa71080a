// When a failed call to a provider is made again, and after how long. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "config/resilience.hpp"

namespace gomodel::gateway {

// Why a try brought no answer.
enum class Trouble : std::uint8_t {
    kNone,
    kStatus,      // the upstream answered with an error
    kConnection,  // it could not be reached, or the connection was lost
    kTimeout,
    kBadAnswer,  // what it said is no answer to the request
    kOurs,       // nothing of the upstream's: the request, the plugin, the gateway's limits
    kClientGone,
};

// What is known of a try that failed before the client was sent anything.
struct Failed {
    Trouble trouble = Trouble::kNone;
    int status = 0;                                  // of the upstream; 0: it did not answer
    std::optional<base::Duration> retry_after = {};  // it asked for
    std::optional<bool> should_retry = {};           // x-should-retry: "true", "false"
};

// 408, 429, 502, 503, 504 and 529: what may well work a moment later.
bool passes_by(int status);

// A value of Retry-After (RFC 9110, 10.2.3): seconds, or a date, of which zero or more is left.
// Nothing: it is neither.
std::optional<base::Duration> read_retry_after(std::string_view value, base::WallTime now);
// "true" or "false", in any case; nothing else counts.
std::optional<bool> read_should_retry(std::string_view value);

// min(initial * factor^(retry-1), max), then anything up to jitter_factor less or more. retry: from
// 1. Never negative.
base::Duration backoff(const config::Retry& rules, int retry, base::Random& random);

// How long to wait before the retry with this number, from 1. Nothing: there is to be none. What
// the upstream asked for is waited if it is more than the backoff; more than max_backoff is not
// waited for.
std::optional<base::Duration> wait_before(const config::Retry& rules, int retry,
                                          const Failed& failed, base::Random& random);

}  // namespace gomodel::gateway
