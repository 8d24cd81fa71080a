// The trial of a plugin's new build as Prometheus metrics. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/canary.hpp"

namespace gomodel::record {

// gomodel_canary_state{state}, 1 for the state the trial is in;
// gomodel_canary_requests{build,result}, of the trial so far, so they begin anew with the next one;
// gomodel_canary_plugin_seconds{build}, the 90th percentile of the time a request spends inside the
// plugin. canary: null, there is none and no metric.
std::vector<prometheus::MetricFamily> canary_metrics(const gateway::Canary* canary);

}  // namespace gomodel::record
