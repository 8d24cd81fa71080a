#include "record/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

#include "gateway/catalog.hpp"
#include "record/process_stats.hpp"

namespace gomodel::record {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

// Seconds. The specification's for upstream calls; finer ones for what the gateway itself adds.
const prometheus::Histogram::BucketBoundaries kCallBuckets = {0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60};
const prometheus::Histogram::BucketBoundaries kHttpBuckets = {0.001, 0.005, 0.025, 0.1, 0.25, 0.5,
                                                              1,     2.5,   5,     10,  30,   60};

double seconds(base::Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string text(std::string_view view) {
    return std::string(view);
}
std::string_view flag(bool value) {
    return value ? "true" : "false";
}

std::string status_text(int status) {
    return status == 0 ? "network_error" : std::to_string(status);
}

}  // namespace

Metrics::Metrics(const std::string& version)
    : requests_(BuildCounter()
                    .Name("gomodel_requests_total")
                    .Help("Calls to upstreams, retries folded in")
                    .Register(registry_)),
      duration_(BuildHistogram()
                    .Name("gomodel_request_duration_seconds")
                    .Help("Duration of calls to upstreams; of streams until the answer's head")
                    .Register(registry_)),
      in_flight_(BuildGauge()
                     .Name("gomodel_requests_in_flight")
                     .Help("Calls to upstreams now running; streams until the answer's head")
                     .Register(registry_)),
      http_requests_(BuildCounter()
                         .Name("gomodel_http_requests_total")
                         .Help("Requests of clients")
                         .Register(registry_)),
      http_duration_(BuildHistogram()
                         .Name("gomodel_http_request_duration_seconds")
                         .Help("Duration of clients' requests, streams to their end")
                         .Register(registry_)),
      first_output_(BuildHistogram()
                        .Name("gomodel_stream_first_output_seconds")
                        .Help("From a request's first byte to the first event of its stream")
                        .Register(registry_)),
      tokens_(BuildCounter()
                  .Name("gomodel_tokens_total")
                  .Help("Tokens as upstreams counted them")
                  .Register(registry_)) {
    BuildGauge()
        .Name("gomodel_build_info")
        .Help("The running version; always 1")
        .Register(registry_)
        .Add({{"version", version}})
        .Set(1);
}

std::string Metrics::render() const {
    std::vector<prometheus::MetricFamily> families = registry_.Collect();
    for (prometheus::MetricFamily& family : process_stats())
        families.push_back(std::move(family));
    for (const Source& source : sources_) {
        for (prometheus::MetricFamily& family : source())
            families.push_back(std::move(family));
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return std::move(out).str();
}

const std::string& LoopMetrics::key(std::initializer_list<std::string_view> parts) {
    key_.clear();
    for (const std::string_view part : parts)
        key_.append(part).push_back('\0');
    return key_;
}

LoopMetrics::CallSeries& LoopMetrics::call_series(const gateway::UpstreamCall& call) {
    const std::string_view model = call.model.empty() ? "unknown" : call.model;
    CallSeries& series =
        calls_[key({call.provider->name, model, call.endpoint, flag(call.stream)})];
    if (series.in_flight != nullptr) return series;
    prometheus::Labels labels = {{"provider", call.provider->type},
                                 {"provider_name", call.provider->name},
                                 {"endpoint", text(call.endpoint)},
                                 {"stream", text(flag(call.stream))}};
    series.in_flight = &metrics_.in_flight_.Add(labels);
    labels["model"] = text(model);
    series.duration = &metrics_.duration_.Add(labels, kCallBuckets);
    return series;
}

prometheus::Counter& LoopMetrics::calls(CallSeries& series, const gateway::UpstreamCall& call,
                                        int status) {
    for (const auto& [number, counter] : series.by_status) {
        if (number == status) return *counter;
    }
    const bool success = status >= 200 && status < 400;
    prometheus::Counter& counter =
        metrics_.requests_.Add({{"provider", call.provider->type},
                                {"provider_name", call.provider->name},
                                {"model", call.model.empty() ? "unknown" : text(call.model)},
                                {"endpoint", text(call.endpoint)},
                                {"stream", text(flag(call.stream))},
                                {"status_code", status_text(status)},
                                {"status_type", success ? "success" : "error"}});
    series.by_status.emplace_back(status, &counter);
    return counter;
}

void LoopMetrics::upstream_began(const gateway::UpstreamCall& call) {
    call_series(call).in_flight->Increment();
}

void LoopMetrics::upstream_ended(const gateway::UpstreamCall& call, int status,
                                 base::Duration elapsed) {
    CallSeries& series = call_series(call);
    series.in_flight->Decrement();
    series.duration->Observe(seconds(elapsed));
    calls(series, call, status).Increment();
}

prometheus::Counter& LoopMetrics::requests(RouteSeries& series,
                                           const gateway::RequestRecord& record) {
    constexpr int kCauses = 16;
    const int end = record.status * kCauses + static_cast<int>(record.cause);
    for (const auto& [number, counter] : series.by_end) {
        if (number == end) return *counter;
    }
    prometheus::Counter& counter =
        metrics_.http_requests_.Add({{"route", text(record.route)},
                                     {"status_code", std::to_string(record.status)},
                                     {"end", text(gateway::to_string(record.cause))}});
    series.by_end.emplace_back(end, &counter);
    return counter;
}

void LoopMetrics::record(const gateway::RequestRecord& record) {
    RouteSeries& series = routes_[key({record.route, flag(record.stream)})];
    if (series.duration == nullptr) {
        series.duration = &metrics_.http_duration_.Add(
            {{"route", text(record.route)}, {"stream", text(flag(record.stream))}}, kHttpBuckets);
    }
    series.duration->Observe(seconds(record.total));
    requests(series, record).Increment();
    if (record.model != nullptr || record.provider != nullptr) count_tokens(record);
}

void LoopMetrics::count_tokens(const gateway::RequestRecord& record) {
    constexpr std::array<const char*, 4> kKinds = {"prompt", "completion", "cached", "reasoning"};
    const std::array<std::int64_t, 4> counts = {record.usage.prompt, record.usage.completion,
                                                record.usage.cached, record.usage.reasoning};
    // A passthrough's model is the client's word unless the catalogue knows it.
    static const std::string kUnknown = "unknown";
    const bool known = record.model != nullptr && record.model_listed;
    const std::string& provider = known ? record.model->provider->name : record.provider->name;
    const std::string& model = known ? record.model->id : kUnknown;
    ModelSeries& series = models_[key({provider, model})];
    if (record.first_output.count() > 0) {
        if (series.first_output == nullptr) {
            series.first_output = &metrics_.first_output_.Add(
                {{"provider_name", provider}, {"model", model}}, kHttpBuckets);
        }
        series.first_output->Observe(seconds(record.first_output));
    }
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (counts[i] <= 0) continue;
        prometheus::Counter*& counter = series.tokens[i];
        if (counter == nullptr) {
            counter = &metrics_.tokens_.Add(
                {{"provider_name", provider}, {"model", model}, {"kind", kKinds[i]}});
        }
        counter->Increment(static_cast<double>(counts[i]));
    }
}

}  // namespace gomodel::record
