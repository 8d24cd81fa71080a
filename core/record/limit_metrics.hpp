// Prometheus metrics of budgets and rate limits. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/limits/limits.hpp"

namespace gomodel::record {

std::vector<prometheus::MetricFamily> limit_metrics(const gateway::limits::Limits& limits,
                                                    base::WallTime now);

}  // namespace gomodel::record
