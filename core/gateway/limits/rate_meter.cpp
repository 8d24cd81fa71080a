#include "gateway/limits/rate_meter.hpp"

namespace gomodel::gateway::limits {
namespace {

constexpr auto kBetweenSweeps = std::chrono::seconds(1);

}  // namespace

std::shared_ptr<RateMeter> RateMeters::of(std::string_view subject, base::SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (const auto found = meters_.find(subject); found != meters_.end()) return found->second;
    if (meters_.size() >= kMost) sweep(now);
    if (meters_.size() < kMost) {
        return meters_.emplace(std::string(subject), std::make_shared<RateMeter>(span_))
            .first->second;
    }
    if (shared_ == nullptr) shared_ = std::make_shared<RateMeter>(span_);
    return shared_;
}

std::size_t RateMeters::size() const {
    const std::lock_guard lock(mutex_);
    return meters_.size();
}

// Drops the meters that nobody uses and that have nothing to remember.
void RateMeters::sweep(base::SteadyTime now) {
    if (now < next_sweep_) return;
    next_sweep_ = now + kBetweenSweeps;
    std::erase_if(meters_, [now](const auto& each) {
        RateMeter& meter = *each.second;
        if (each.second.use_count() > 1) return false;
        const std::lock_guard lock(meter.mutex);
        return meter.running == 0 && meter.requests.used(now) == 0 && meter.tokens.used(now) == 0;
    });
}

}  // namespace gomodel::gateway::limits
