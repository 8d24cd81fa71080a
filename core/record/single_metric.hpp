// A counter or gauge without labels, put together when somebody asks for it.
#pragma once

#include <prometheus/metric_family.h>

namespace gomodel::record {

inline prometheus::MetricFamily single_metric(const char* name, const char* help,
                                              prometheus::MetricType type, double value) {
    prometheus::ClientMetric metric;
    if (type == prometheus::MetricType::Counter) {
        metric.counter.value = value;
    } else {
        metric.gauge.value = value;
    }
    return {name, help, type, {metric}};
}

}  // namespace gomodel::record
