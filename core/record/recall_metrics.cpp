#include "record/recall_metrics.hpp"

namespace gomodel::record {
namespace {

using prometheus::ClientMetric;

void add_count(prometheus::MetricFamily& family, const char* label, const char* value,
               std::uint64_t count) {
    ClientMetric metric;
    metric.label = {{"cache", "exact"}, {label, value}};
    metric.counter.value = static_cast<double>(count);
    family.metric.push_back(std::move(metric));
}

prometheus::MetricFamily counter_family(const char* name, const char* help) {
    return {name, help, prometheus::MetricType::Counter, {}};
}

}  // namespace

std::vector<prometheus::MetricFamily> recall_metrics(const gateway::recall::Figures& figures) {
    auto lookups = counter_family("gomodel_response_cache_lookups_total",
                                  "Requests that were looked up in the response cache");
    add_count(lookups, "result", "hit", figures.hits);
    add_count(lookups, "result", "miss", figures.misses);
    auto errors = counter_family("gomodel_response_cache_errors_total",
                                 "Calls of the response cache that failed or took too long");
    add_count(errors, "function", "get", figures.get_errors);
    add_count(errors, "function", "put", figures.put_errors);
    auto answers = counter_family("gomodel_response_cache_answers_total",
                                  "Answers that were to be kept in the response cache");
    add_count(answers, "result", "stored", figures.stored);
    add_count(answers, "result", "dropped", figures.dropped);
    return {std::move(lookups), std::move(errors), std::move(answers)};
}

}  // namespace gomodel::record
