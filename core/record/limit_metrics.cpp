#include "record/limit_metrics.hpp"

namespace gomodel::record {

using gateway::limits::Refused;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> limit_metrics(const gateway::limits::Limits& limits) {
    MetricFamily rejections{"gomodel_limit_rejections_total",
                            "Requests that a budget or a rate limit refused, by what was used up",
                            MetricType::Counter,
                            {}};
    for (const Refused kind : {Refused::kBudget, Refused::kBudgetUnknown, Refused::kRequests,
                               Refused::kTokens, Refused::kConcurrency}) {
        ClientMetric refused;
        refused.label = {{"kind", std::string(to_string(kind))}};
        refused.counter.value = static_cast<double>(limits.refusals(kind));
        rejections.metric.push_back(std::move(refused));
    }
    return {std::move(rejections)};
}

}  // namespace gomodel::record
