// Prometheus metrics of the response cache. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "gateway/recall/recall.hpp"

namespace gomodel::record {

// gomodel_response_cache_lookups_total{cache,result}: "hit" or "miss", which is also what failed or
// was left out; gomodel_response_cache_errors_total{cache,function}: "get", "put";
// gomodel_response_cache_answers_total{cache,result}: "stored" or "dropped".
std::vector<prometheus::MetricFamily> recall_metrics(const gateway::recall::Figures& figures);

}  // namespace gomodel::record
