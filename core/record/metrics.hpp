// The Prometheus metrics of the gateway. The registry is shared; each loop counts through a
// LoopMetrics of its own, which remembers the label sets it has used.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/recorder.hpp"
#include "record/stream_violations.hpp"

namespace gomodel::record {

class Metrics {
public:
    explicit Metrics(const std::string& version);

    // The text exposition format (version 0.0.4). Any thread.
    std::string render() const;

    // Metrics that are only put together when somebody asks. Before the first render().
    using Source = std::function<std::vector<prometheus::MetricFamily>()>;
    void add_source(Source source) { sources_.push_back(std::move(source)); }

    StreamViolations& stream_violations() { return stream_violations_; }
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
    StreamViolations stream_violations_{registry_};
    std::vector<Source> sources_;
};

// Counts for one loop. Loop thread only.
class LoopMetrics {
public:
    explicit LoopMetrics(Metrics& metrics) : metrics_(metrics) {}

    void upstream_began(const gateway::UpstreamCall& call);
    void upstream_ended(const gateway::UpstreamCall& call, int status, base::Duration elapsed);
    void record(const gateway::RequestRecord& record);

private:
    // A counter for each value of a label that has few, made when it first occurs.
    using ByNumber = std::vector<std::pair<int, prometheus::Counter*>>;

    struct CallSeries {  // of one provider, model, endpoint and kind
        prometheus::Gauge* in_flight = nullptr;
        prometheus::Histogram* duration = nullptr;
        ByNumber by_status;
    };
    struct RouteSeries {  // of one route and kind
        prometheus::Histogram* duration = nullptr;
        ByNumber by_end;  // the status and the cause
    };
    struct ModelSeries {
        prometheus::Histogram* first_output = nullptr;
        std::array<prometheus::Counter*, 4> tokens{};
    };

    const std::string& key(std::initializer_list<std::string_view> parts);
    CallSeries& call_series(const gateway::UpstreamCall& call);
    prometheus::Counter& calls(CallSeries& series, const gateway::UpstreamCall& call, int status);
    prometheus::Counter& requests(RouteSeries& series, const gateway::RequestRecord& record);
    void count_tokens(const gateway::RequestRecord& record);

    Metrics& metrics_;
    std::string key_;
    // By the text of their labels.
    std::unordered_map<std::string, CallSeries> calls_;
    std::unordered_map<std::string, RouteSeries> routes_;
    std::unordered_map<std::string, ModelSeries> models_;
};

}  // namespace gomodel::record
