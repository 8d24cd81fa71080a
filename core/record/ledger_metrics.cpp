#include "record/ledger_metrics.hpp"

#include <limits>

namespace gomodel::record {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr double kSecond = 1e9;

std::vector<ClientMetric::Label> labels(const plugin::Account& account) {
    return {{"plugin", account.plugin()}, {"build", std::string(to_string(account.build()))}};
}

ClientMetric counted(const plugin::Account& account, std::uint64_t times) {
    ClientMetric metric;
    metric.label = labels(account);
    metric.counter.value = static_cast<double>(times);
    return metric;
}

ClientMetric broken(const plugin::Account& account, std::string_view rule, std::uint64_t times) {
    ClientMetric metric = counted(account, times);
    metric.label.push_back({"rule", std::string(rule)});
    return metric;
}

ClientMetric::Histogram histogram(const plugin::CallTimes& times) {
    ClientMetric::Histogram histogram;
    histogram.sample_count = times.calls;
    histogram.sample_sum = std::chrono::duration<double>(times.sum).count();
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < times.buckets.size(); ++i) {
        cumulative += times.buckets[i];
        const bool last = i == plugin::kCallBounds.size();
        const double bound = last ? std::numeric_limits<double>::infinity()
                                  : static_cast<double>(plugin::kCallBounds[i]) / kSecond;
        histogram.bucket.push_back({cumulative, bound});
    }
    return histogram;
}

}  // namespace

std::vector<MetricFamily> ledger_metrics(const plugin::Ledger& ledger) {
    MetricFamily durations{"gomodel_plugin_call_duration_seconds",
                           "Time inside a plugin, by function of its interface",
                           MetricType::Histogram,
                           {}};
    MetricFamily worst{"gomodel_plugin_call_worst_seconds",
                       "Longest call of a plugin's function since the start",
                       MetricType::Gauge,
                       {}};
    MetricFamily over{"gomodel_plugin_over_budget_total",
                      "Calls of a plugin that took longer than its budget",
                      MetricType::Counter,
                      {}};
    MetricFamily misbehaved{"gomodel_plugin_misbehaved_total",
                            "What a plugin did that the plugin ABI forbids, by rule",
                            MetricType::Counter,
                            {}};
    MetricFamily left_out{"gomodel_plugin_bypassed_total",
                          "Requests that did without a plugin because it exceeds its budget",
                          MetricType::Counter,
                          {}};
    MetricFamily bypassed{"gomodel_plugin_bypass_active",
                          "1 while a plugin is left out because it exceeds its budget",
                          MetricType::Gauge,
                          {}};
    for (const auto& account : ledger.accounts()) {
        for (std::size_t i = 0; i < plugin::kRules; ++i) {
            const auto rule = static_cast<plugin::Rule>(i);
            misbehaved.metric.push_back(
                broken(*account, to_string(rule), account->misbehaviour(rule)));
        }
        // Whoever takes too long on a loop has blocked it.
        misbehaved.metric.push_back(broken(*account, "over_budget", account->over_budget()));
        over.metric.push_back(counted(*account, account->over_budget()));
        left_out.metric.push_back(counted(*account, account->times_left_out()));
        ClientMetric active;
        active.label = labels(*account);
        active.gauge.value = account->bypass().active() ? 1 : 0;
        bypassed.metric.push_back(std::move(active));
        for (std::size_t i = 0; i < plugin::kFunctions; ++i) {
            const auto function = static_cast<plugin::Function>(i);
            const plugin::CallTimes times = account->times(function);
            if (times.calls == 0) continue;
            ClientMetric one;
            one.label = labels(*account);
            one.label.push_back({"function", std::string(to_string(function))});
            ClientMetric longest = one;
            one.histogram = histogram(times);
            longest.gauge.value = std::chrono::duration<double>(times.worst).count();
            durations.metric.push_back(std::move(one));
            worst.metric.push_back(std::move(longest));
        }
    }
    return {std::move(durations), std::move(worst),    std::move(over),
            std::move(left_out),  std::move(bypassed), std::move(misbehaved)};
}

}  // namespace gomodel::record
