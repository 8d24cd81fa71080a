#include "record/stream_violations.hpp"

#include <limits>

#include "gateway/provider.hpp"

namespace gomodel::record {
namespace {

constexpr auto kNever = std::numeric_limits<base::SteadyTime::rep>::min();

}  // namespace

StreamViolations::StreamViolations(prometheus::Registry& registry)
    : counters_(prometheus::BuildCounter()
                    .Name("gomodel_stream_violations_total")
                    .Help("Event streams that broke a rule of their dialect, and what was done")
                    .Register(registry)) {}

StreamViolations::Warned& StreamViolations::warned(const std::string& provider_and_rule) {
    const std::lock_guard lock(mutex_);
    return warned_.try_emplace(provider_and_rule, kNever).first->second;
}

bool LoopViolations::count(const gateway::StreamViolation& violation) {
    const gateway::Provider& provider = *violation.provider;
    key_ = provider.name;
    key_.append(1, '\0').append(violation.rule);
    const std::size_t provider_and_rule = key_.size();
    key_.append(1, '\0').append(violation.dialect).append(1, '\0').append(violation.action);
    Series& series = series_[key_];
    if (series.counter == nullptr) {
        series.counter = &shared_.counters_.Add({{"provider", provider.type},
                                                 {"provider_name", provider.name},
                                                 {"dialect", std::string(violation.dialect)},
                                                 {"rule", std::string(violation.rule)},
                                                 {"action", std::string(violation.action)}});
        series.warned = &shared_.warned(key_.substr(0, provider_and_rule));
    }
    series.counter->Increment();
    const auto now = violation.when.time_since_epoch();
    auto last = series.warned->load(std::memory_order_relaxed);
    const bool due = last == kNever || now - base::SteadyTime::duration(last) >= kBetweenWarnings;
    return due && series.warned->compare_exchange_strong(last, now.count());
}

}  // namespace gomodel::record
