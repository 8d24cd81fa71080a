// The standard process_* metrics, read from /proc. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace gomodel::record {

std::vector<prometheus::MetricFamily> process_stats();

}  // namespace gomodel::record
