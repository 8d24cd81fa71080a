// The Prometheus metrics of the gateway. The registry is shared; each loop counts through a
// LoopMetrics of its own, which remembers the label sets it has used.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>
#include <unordered_map>

#include "gateway/recorder.hpp"

namespace gomodel::record {

class Metrics {
public:
    explicit Metrics(const std::string& version);

    // The text exposition format (version 0.0.4). Any thread.
    std::string render() const;

    // For the metrics of one subject that have a class of their own.
    prometheus::Registry& registry() { return registry_; }

private:
    friend class LoopMetrics;
    template <typename T>
    using Family = prometheus::Family<T>;

    prometheus::Registry registry_;
    Family<prometheus::Counter>& requests_;
    Family<prometheus::Histogram>& duration_;
    Family<prometheus::Gauge>& in_flight_;
    Family<prometheus::Counter>& http_requests_;
    Family<prometheus::Histogram>& http_duration_;
    Family<prometheus::Histogram>& first_output_;
    Family<prometheus::Counter>& tokens_;
};

// Counts for one loop. Loop thread only.
class LoopMetrics {
public:
    explicit LoopMetrics(Metrics& metrics) : metrics_(metrics) {}

    void upstream_began(const gateway::UpstreamCall& call);
    void upstream_ended(const gateway::UpstreamCall& call, int status, base::Duration elapsed);
    void record(const gateway::RequestRecord& record);

private:
    // Series by the text of their labels, in the order of the calls below.
    template <typename T>
    using Series = std::unordered_map<std::string, T*>;

    const std::string& key(std::initializer_list<std::string_view> parts);
    void count_tokens(const gateway::RequestRecord& record);

    Metrics& metrics_;
    std::string key_;
    Series<prometheus::Counter> requests_;
    Series<prometheus::Histogram> duration_;
    Series<prometheus::Gauge> in_flight_;
    Series<prometheus::Counter> http_requests_;
    Series<prometheus::Histogram> http_duration_;
    Series<prometheus::Histogram> first_output_;
    Series<prometheus::Counter> tokens_;
};

}  // namespace gomodel::record
