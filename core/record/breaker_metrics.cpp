#include "record/breaker_metrics.hpp"

namespace gomodel::record {

using gateway::BreakerState;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> breaker_metrics(const gateway::Generation* generation) {
    if (generation == nullptr || generation->providers.empty()) return {};
    MetricFamily states{"gomodel_circuit_breaker_state",
                        "1 for the state of a provider's circuit breaker: closed, open, half_open",
                        MetricType::Gauge,
                        {}};
    MetricFamily rejections{"gomodel_circuit_breaker_rejections_total",
                            "Calls that a provider's circuit breaker refused",
                            MetricType::Counter,
                            {}};
    for (const auto& provider : generation->providers) {
        const BreakerState now = provider->breaker->state();
        for (const BreakerState each :
             {BreakerState::kClosed, BreakerState::kOpen, BreakerState::kHalfOpen}) {
            ClientMetric state;
            state.label = {{"provider", provider->name}, {"state", std::string(to_string(each))}};
            state.gauge.value = each == now ? 1 : 0;
            states.metric.push_back(std::move(state));
        }
        ClientMetric refused;
        refused.label = {{"provider", provider->name}};
        refused.counter.value = static_cast<double>(provider->breaker->rejections());
        rejections.metric.push_back(std::move(refused));
    }
    return {std::move(states), std::move(rejections)};
}

}  // namespace gomodel::record
