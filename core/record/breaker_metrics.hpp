// The providers' circuit breakers as Prometheus metrics. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/generation.hpp"

namespace gomodel::record {

// gomodel_circuit_breaker_state{provider,state}, 1 for the state a provider's breaker is in;
// gomodel_circuit_breaker_rejections_total{provider}, calls it refused since the provider was
// created. generation: null, there is no metric.
std::vector<prometheus::MetricFamily> breaker_metrics(const gateway::Generation* generation);

}  // namespace gomodel::record
