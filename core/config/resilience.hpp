// How calls to a provider are retried and when they stop being made: global defaults, and per
// provider with every leaf optional. A plain value.
#pragma once

#include "base/clock.hpp"

namespace gomodel::config {

struct Retry {
    int max_retries = 3;  // beyond the first attempt
    base::Duration initial_backoff = std::chrono::seconds(1);
    base::Duration max_backoff = std::chrono::seconds(30);
    double backoff_factor = 2.0;
    double jitter_factor = 0.1;

    bool operator==(const Retry&) const = default;
};

struct CircuitBreaker {
    int failure_threshold = 5;  // 0 or less: never opens
    int success_threshold = 2;
    base::Duration timeout = std::chrono::seconds(30);

    bool operator==(const CircuitBreaker&) const = default;
};

struct Resilience {
    Retry retry;
    CircuitBreaker circuit_breaker;

    bool operator==(const Resilience&) const = default;
};

}  // namespace gomodel::config
