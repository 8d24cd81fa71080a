// Prometheus metrics of refreshes: which generation runs and how the refreshes ended. Any thread.
#pragma once

#include <array>

#include "gateway/refresh_report.hpp"
#include "record/metrics.hpp"

namespace gomodel::record {

class RefreshMetrics {
public:
    explicit RefreshMetrics(Metrics& metrics);

    // The first generation is current.
    void started() { generation_->Set(1); }
    // A generation that no refresh made.
    void now_current(std::uint64_t number) { generation_->Set(static_cast<double>(number)); }
    void refreshed(const gateway::RefreshReport& report);

private:
    prometheus::Gauge* generation_;
    prometheus::Gauge* last_successful_;
    std::array<prometheus::Counter*, 3> refreshes_;  // by outcome
};

}  // namespace gomodel::record
