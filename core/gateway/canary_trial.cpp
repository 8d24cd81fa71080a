#include "gateway/canary_trial.hpp"

#include <bit>
#include <cmath>

#include "config/values.hpp"

namespace gomodel::gateway {
namespace {

constexpr double kQuantile = 0.9;

std::string percent(double rate) {
    return config::format_number(std::round(rate * 1000) / 10) + " %";
}

std::string of(std::uint64_t errors, std::uint64_t requests) {
    return std::to_string(errors) + " of " + std::to_string(requests) + " requests failed";
}

}  // namespace

std::string_view to_string(CanaryState state) {
    switch (state) {
        case CanaryState::kRunning:
            return "running";
        case CanaryState::kPromoted:
            return "promoted";
        case CanaryState::kRolledBack:
            break;
    }
    return "rolled_back";
}

void CanaryTrial::Durations::add(base::Duration duration) {
    const auto nanoseconds = static_cast<std::uint64_t>(std::max(duration.count(), long{4}));
    const auto power = static_cast<std::size_t>(std::bit_width(nanoseconds) - 1);
    ++buckets_[4 * power + ((nanoseconds >> (power - 2)) & 3)];
    ++total_;
}

base::Duration CanaryTrial::Durations::quantile(double part) const {
    const double wanted = part * static_cast<double>(total_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i];
        if (buckets_[i] == 0 || static_cast<double>(seen) < wanted) continue;
        return base::Duration((5 + (i & 3)) << (i / 4 - 2));
    }
    return {};
}

CanaryCount CanaryTrial::Side::count() const {
    return {requests, errors, durations.quantile(kQuantile)};
}

CanaryTrial::CanaryTrial(CanaryState state, std::string reason)
    : state_(state), reason_(std::move(reason)) {}

// Of n requests floor(n * share) are the new build's, whichever n: spread evenly, no dice.
bool CanaryTrial::take() {
    if (state_.load(std::memory_order_relaxed) != CanaryState::kRunning) return false;
    const auto before = static_cast<double>(next_.fetch_add(1, std::memory_order_relaxed));
    return std::floor((before + 1) * rules_.share) > std::floor(before * rules_.share);
}

void CanaryTrial::finished(plugin::Build build, bool failed, base::Duration in_plugin) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ != CanaryState::kRunning) return;
        Side& side = sides_.at(static_cast<std::size_t>(build));
        ++side.requests;
        if (failed) ++side.errors;
        side.durations.add(in_plugin);
        if (build != plugin::Build::kCanary || !judge()) return;
    }
    if (decided_) decided_();
}

// True: that was the verdict. Errors can decide before all requests are in: once there are more
// than the whole trial may have, it is lost.
bool CanaryTrial::judge() {
    const CanaryCount current = sides_[0].count();
    const CanaryCount canary = sides_[1].count();
    const auto wanted = static_cast<std::uint64_t>(rules_.requests);
    const auto most = static_cast<double>(std::max(canary.requests, wanted));
    const double rate = rules_.max_error_rate + current.error_rate();
    if (static_cast<double>(canary.errors) > rate * most) {
        return end(CanaryState::kRolledBack,
                   of(canary.errors, canary.requests) + ", the running build failed " +
                       percent(current.error_rate()) + " and " + percent(rules_.max_error_rate) +
                       " more are allowed");
    }
    const bool comparable =
        current.requests > 0 && canary.requests >= std::min(wanted, kEnoughForSpeed);
    const auto slowest =
        std::chrono::duration_cast<base::Duration>(current.plugin_p90 * rules_.max_slowdown) +
        kSlack;
    if (comparable && canary.plugin_p90 > slowest) {
        return end(CanaryState::kRolledBack, "its requests spend up to " +
                                                 config::format_duration(canary.plugin_p90) +
                                                 " in the plugin, those of the running build " +
                                                 config::format_duration(current.plugin_p90));
    }
    if (canary.requests < wanted) return false;
    return end(CanaryState::kPromoted, of(canary.errors, canary.requests));
}

bool CanaryTrial::end(CanaryState state, std::string reason) {
    reason_ = std::move(reason);
    state_ = state;
    return true;
}

CanaryFigures CanaryTrial::figures() const {
    const std::lock_guard lock(mutex_);
    return {state_, reason_, sides_[0].count(), sides_[1].count()};
}

}  // namespace gomodel::gateway
