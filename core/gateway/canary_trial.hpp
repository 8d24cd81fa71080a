// The trial of a new build of a plugin beside the running one: which requests it gets, what came of
// them, and the verdict. The verdict compares the two builds over the same time, so that an
// upstream that fails both does not count against the new one. Any thread; the lock in finished()
// is only taken while a trial runs.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "config/settings.hpp"
#include "plugin/ledger.hpp"

namespace gomodel::gateway {

enum class CanaryState { kRunning, kPromoted, kRolledBack };
std::string_view to_string(CanaryState state);  // "running", "promoted", "rolled_back"

// The requests of one build.
struct CanaryCount {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    base::Duration plugin_p90{};  // time inside the plugin that nine of ten requests stayed below

    double error_rate() const {
        return requests == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(requests);
    }
};

struct CanaryFigures {
    CanaryState state = CanaryState::kRunning;
    std::string reason;  // of the verdict; empty while it runs
    CanaryCount current;
    CanaryCount canary;
};

class CanaryTrial {
public:
    // Before so many requests of the new build nothing is said of its speed.
    static constexpr std::uint64_t kEnoughForSpeed = 20;
    // A difference that nobody would notice is none, whatever its ratio.
    static constexpr base::Duration kSlack = std::chrono::microseconds(100);

    // decided: called once, by the thread whose request brought the verdict; may be empty.
    CanaryTrial(const config::Canary& rules, std::function<void()> decided)
        : rules_(rules), decided_(std::move(decided)) {}
    // One that is over before it began.
    CanaryTrial(CanaryState state, std::string reason);

    // True iff the request that begins now is one of the new build's: every 1/share-th.
    bool take();
    // How a request ended that began while the trial ran, and how long it was inside the plugin.
    void finished(plugin::Build build, bool failed, base::Duration in_plugin);

    CanaryState state() const { return state_; }
    CanaryFigures figures() const;

private:
    // How often a request took how long: four buckets for each power of two nanoseconds.
    class Durations {
    public:
        void add(base::Duration duration);
        base::Duration quantile(double part) const;  // rounded up to its bucket's end

    private:
        std::array<std::uint32_t, 256> buckets_{};
        std::uint64_t total_ = 0;
    };
    struct Side {
        std::uint64_t requests = 0;
        std::uint64_t errors = 0;
        Durations durations;

        CanaryCount count() const;
    };

    bool judge();
    bool end(CanaryState state, std::string reason);

    const config::Canary rules_;
    const std::function<void()> decided_;
    std::atomic<std::uint64_t> next_{0};
    std::atomic<CanaryState> state_{CanaryState::kRunning};
    mutable std::mutex mutex_;
    std::string reason_;
    std::array<Side, 2> sides_;  // by plugin::Build
};

}  // namespace gomodel::gateway
