// What one subject of a rate limit has used, and the meters of all subjects of one. They belong to
// the process: a limit that a new generation has as well goes on with what was counted. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/limits/sliding_window.hpp"

namespace gomodel::gateway::limits {

struct RateMeter {
    explicit RateMeter(base::Duration span) : requests(span), tokens(span) {}

    std::mutex mutex;  // of the rest; held for a few instructions
    SlidingWindow requests;
    SlidingWindow tokens;
    std::int64_t running = 0;  // requests now
};

class RateMeters {
public:
    // Subjects that have meters of their own: a client may invent user paths. Those past it share
    // one, until the meters of others are of no more use.
    static constexpr std::size_t kMost = 10'000;

    explicit RateMeters(base::Duration span) : span_(span) {}

    std::shared_ptr<RateMeter> of(std::string_view subject, base::SteadyTime now);
    std::size_t size() const;

private:
    void sweep(base::SteadyTime now);

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    const base::Duration span_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<RateMeter>, Hash, std::equal_to<>> meters_;
    std::shared_ptr<RateMeter> shared_;
    base::SteadyTime next_sweep_{};
};

}  // namespace gomodel::gateway::limits
