// Counts the rules that event streams break, by provider and rule, and says which are worth a
// warning: one a minute of a provider and rule, whichever loop it is of. The shared part is safe on
// any thread; a loop counts through a LoopViolations of its own.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>

#include "gateway/recorder.hpp"

namespace gomodel::record {

class StreamViolations {
public:
    explicit StreamViolations(prometheus::Registry& registry);

    // When there was a warning last: of a provider and rule. Lives as long as this.
    using Warned = std::atomic<base::SteadyTime::rep>;

private:
    friend class LoopViolations;
    Warned& warned(const std::string& provider_and_rule);

    prometheus::Family<prometheus::Counter>& counters_;
    std::mutex mutex_;
    std::unordered_map<std::string, Warned> warned_;
};

// Loop thread only.
class LoopViolations {
public:
    static constexpr base::Duration kBetweenWarnings = std::chrono::minutes(1);

    explicit LoopViolations(StreamViolations& shared) : shared_(shared) {}

    // True: it is to be warned of.
    bool count(const gateway::StreamViolation& violation);

private:
    struct Series {
        prometheus::Counter* counter = nullptr;
        StreamViolations::Warned* warned = nullptr;
    };

    StreamViolations& shared_;
    std::string key_;
    std::unordered_map<std::string, Series> series_;  // by the text of the labels
};

}  // namespace gomodel::record
