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

void LoopMetrics::upstream_began(const gateway::UpstreamCall& call) {
    const std::string_view type = call.provider->type;
    const std::string_view name = call.provider->name;
    prometheus::Gauge*& gauge = in_flight_[key({name, call.endpoint, flag(call.stream)})];
    if (gauge == nullptr) {
        gauge = &metrics_.in_flight_.Add({{"provider", text(type)},
                                          {"provider_name", text(name)},
                                          {"endpoint", text(call.endpoint)},
                                          {"stream", text(flag(call.stream))}});
    }
    gauge->Increment();
}

void LoopMetrics::upstream_ended(const gateway::UpstreamCall& call, int status,
                                 base::Duration elapsed) {
    const std::string_view name = call.provider->name;
    const std::string_view model = call.model.empty() ? "unknown" : call.model;
    in_flight_[key({name, call.endpoint, flag(call.stream)})]->Decrement();

    const std::string code = status_text(status);
    prometheus::Counter*& counter =
        requests_[key({name, model, call.endpoint, flag(call.stream), code})];
    prometheus::Labels labels;
    const auto fill = [&] {
        labels = {{"provider", call.provider->type},
                  {"provider_name", call.provider->name},
                  {"model", text(model)},
                  {"endpoint", text(call.endpoint)},
                  {"stream", text(flag(call.stream))}};
    };
    if (counter == nullptr) {
        fill();
        labels["status_code"] = code;
        labels["status_type"] = status >= 200 && status < 400 ? "success" : "error";
        counter = &metrics_.requests_.Add(labels);
    }
    counter->Increment();

    prometheus::Histogram*& histogram =
        duration_[key({name, model, call.endpoint, flag(call.stream)})];
    if (histogram == nullptr) {
        fill();
        histogram = &metrics_.duration_.Add(labels, kCallBuckets);
    }
    histogram->Observe(seconds(elapsed));
}

void LoopMetrics::record(const gateway::RequestRecord& record) {
    const std::string code = std::to_string(record.status);
    prometheus::Counter*& counter =
        http_requests_[key({record.route, code, gateway::to_string(record.cause)})];
    if (counter == nullptr) {
        counter = &metrics_.http_requests_.Add({{"route", text(record.route)},
                                                {"status_code", code},
                                                {"end", text(gateway::to_string(record.cause))}});
    }
    counter->Increment();

    prometheus::Histogram*& histogram = http_duration_[key({record.route, flag(record.stream)})];
    if (histogram == nullptr) {
        histogram = &metrics_.http_duration_.Add(
            {{"route", text(record.route)}, {"stream", text(flag(record.stream))}}, kHttpBuckets);
    }
    histogram->Observe(seconds(record.total));
    if (record.model != nullptr) count_tokens(record);
}

void LoopMetrics::count_tokens(const gateway::RequestRecord& record) {
    const gateway::Model& model = *record.model;
    const std::string& provider = model.provider->name;
    if (record.first_output.count() > 0) {
        prometheus::Histogram*& histogram = first_output_[key({provider, model.id})];
        if (histogram == nullptr) {
            histogram = &metrics_.first_output_.Add(
                {{"provider_name", provider}, {"model", model.id}}, kHttpBuckets);
        }
        histogram->Observe(seconds(record.first_output));
    }
    const auto count = [&](std::string_view kind, std::int64_t tokens) {
        if (tokens <= 0) return;
        prometheus::Counter*& counter = tokens_[key({provider, model.id, kind})];
        if (counter == nullptr) {
            counter = &metrics_.tokens_.Add(
                {{"provider_name", provider}, {"model", model.id}, {"kind", text(kind)}});
        }
        counter->Increment(static_cast<double>(tokens));
    };
    count("prompt", record.usage.prompt);
    count("completion", record.usage.completion);
    count("cached", record.usage.cached);
    count("reasoning", record.usage.reasoning);
}

}  // namespace gomodel::record
