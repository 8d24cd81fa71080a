#include "record/canary_metrics.hpp"

namespace gomodel::record {
namespace {

using gateway::CanaryState;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

ClientMetric gauge(std::vector<ClientMetric::Label> labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    return metric;
}

}  // namespace

std::vector<MetricFamily> canary_metrics(const gateway::Canary* canary) {
    if (canary == nullptr) return {};
    const gateway::CanaryFigures figures = canary->trial->figures();
    MetricFamily state{"gomodel_canary_state",
                       "1 for the state of a plugin's new build: running, promoted, rolled_back",
                       MetricType::Gauge,
                       {}};
    for (const CanaryState each :
         {CanaryState::kRunning, CanaryState::kPromoted, CanaryState::kRolledBack}) {
        state.metric.push_back(
            gauge({{"state", std::string(to_string(each))}}, each == figures.state ? 1 : 0));
    }
    MetricFamily requests{"gomodel_canary_requests",
                          "Requests of the trial of a plugin's new build, by build and result",
                          MetricType::Gauge,
                          {}};
    MetricFamily seconds{"gomodel_canary_plugin_seconds",
                         "Time inside the plugin that nine of ten requests stayed below",
                         MetricType::Gauge,
                         {}};
    for (const auto& [build, count] :
         {std::pair("current", figures.current), std::pair("canary", figures.canary)}) {
        const auto errors = static_cast<double>(count.errors);
        requests.metric.push_back(gauge({{"build", build}, {"result", "ok"}},
                                        static_cast<double>(count.requests) - errors));
        requests.metric.push_back(gauge({{"build", build}, {"result", "error"}}, errors));
        seconds.metric.push_back(
            gauge({{"build", build}}, std::chrono::duration<double>(count.plugin_p90).count()));
    }
    return {std::move(state), std::move(requests), std::move(seconds)};
}

}  // namespace gomodel::record
