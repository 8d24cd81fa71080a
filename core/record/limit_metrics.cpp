#include "record/limit_metrics.hpp"

namespace gomodel::record {

using gateway::limits::Refused;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

// Of each budget in its present window.
MetricFamily spent(const gateway::limits::Limits& limits, base::WallTime now) {
    MetricFamily family{"gomodel_budget_spent_ratio",
                        "Part of a budget's amount that was spent in its present window",
                        MetricType::Gauge,
                        {}};
    const std::shared_ptr<const gateway::limits::BudgetSet> set = limits.budgets();
    if (set == nullptr) return family;
    for (const auto& [budget, meter] : *set) {
        const gateway::limits::BudgetMeter::Reading reading = meter->read(now);
        if (!reading.known) continue;
        ClientMetric metric;
        metric.label = {{"user_path", budget.user_path},
                        {"period", gateway::limits::period_label(budget.period_seconds)}};
        metric.gauge.value = reading.spent / budget.amount;
        family.metric.push_back(std::move(metric));
    }
    return family;
}

}  // namespace

std::vector<MetricFamily> limit_metrics(const gateway::limits::Limits& limits, base::WallTime now) {
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
    return {std::move(rejections), spent(limits, now)};
}

}  // namespace gomodel::record
