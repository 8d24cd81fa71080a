// The ledger of plugins' calls as Prometheus metrics. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "plugin/ledger.hpp"

namespace gomodel::record {

// gomodel_plugin_call_duration_seconds{plugin,function,build}, a histogram of what was called at
// least once; gomodel_plugin_call_worst_seconds, the same labels;
// gomodel_plugin_over_budget_total{plugin,build};
// gomodel_plugin_bypassed_total{plugin,build}; gomodel_plugin_bypass_active{plugin,build};
// gomodel_plugin_misbehaved_total{plugin,build,rule}, a rule of plugin/rule.hpp or "over_budget".
std::vector<prometheus::MetricFamily> ledger_metrics(const plugin::Ledger& ledger);

}  // namespace gomodel::record
