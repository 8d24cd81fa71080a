// What `rate_limits` allows: how many requests and tokens in a minute, an hour or a day, and how
// many requests at once, for a key, a user path, a provider, a model or the whole gateway. Plain
// values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gomodel::config {

class Document;
class Problems;

enum class LimitScope : std::uint8_t { kGateway, kKey, kUserPath, kProvider, kModel };

std::string_view to_string(LimitScope scope);  // "gateway", "key", "user_path", ...

struct RateLimit {
    static constexpr std::string_view kEach = "*";

    LimitScope scope = LimitScope::kGateway;
    std::string match;          // whom it is for; kEach: everyone has a limit of their own
    std::int64_t requests = 0;  // 0: no such limit
    std::int64_t tokens = 0;
    std::int64_t concurrency = 0;
    std::chrono::seconds per{60};  // of requests and tokens
    std::string where = {};        // "config.yaml:12"

    bool each() const { return match == kEach; }
    bool same_subject(const RateLimit& other) const {
        return scope == other.scope && match == other.match && per == other.per;
    }
    bool same_limit(const RateLimit& other) const {
        return same_subject(other) && requests == other.requests && tokens == other.tokens &&
               concurrency == other.concurrency;
    }
};

// "minute", "hour", "day"
std::string_view period_word(std::chrono::seconds per);

// "user_path /team: 100 requests, 5000 tokens per minute, 4 at once"
std::string to_string(const RateLimit& limit);

// The limits of a document, in its order. Faults leave the limit out and are errors.
std::vector<RateLimit> read_rate_limits(const Document& document, Problems& problems);

}  // namespace gomodel::config
