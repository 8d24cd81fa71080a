#include "record/refresh_metrics.hpp"

namespace gomodel::record {

using gateway::RefreshOutcome;

RefreshMetrics::RefreshMetrics(Metrics& metrics) {
    generation_ = &prometheus::BuildGauge()
                       .Name("gomodel_generation")
                       .Help("Number of the generation that new requests use")
                       .Register(metrics.registry())
                       .Add({});
    last_successful_ = &prometheus::BuildGauge()
                            .Name("gomodel_config_reload_success")
                            .Help("1 if the last refresh, or the start, succeeded, else 0")
                            .Register(metrics.registry())
                            .Add({});
    last_successful_->Set(1);
    auto& refreshes = prometheus::BuildCounter()
                          .Name("gomodel_refreshes_total")
                          .Help("Refreshes of configuration and plugins, by what came of them")
                          .Register(metrics.registry());
    for (const RefreshOutcome outcome :
         {RefreshOutcome::kPublished, RefreshOutcome::kUnchanged, RefreshOutcome::kFailed}) {
        refreshes_.at(static_cast<std::size_t>(outcome)) =
            &refreshes.Add({{"outcome", std::string(to_string(outcome))}});
    }
}

void RefreshMetrics::refreshed(const gateway::RefreshReport& report) {
    generation_->Set(static_cast<double>(report.generation));
    last_successful_->Set(report.outcome == RefreshOutcome::kFailed ? 0 : 1);
    refreshes_.at(static_cast<std::size_t>(report.outcome))->Increment();
}

}  // namespace gomodel::record
