#include "record/loop_recorder.hpp"

#include "gateway/provider.hpp"
#include "record/access_log.hpp"

namespace gomodel::record {

void LoopRecorder::upstream_began(const gateway::UpstreamCall& call) {
    metrics_.upstream_began(call);
}

void LoopRecorder::upstream_ended(const gateway::UpstreamCall& call, int status,
                                  base::Duration elapsed) {
    metrics_.upstream_ended(call, status, elapsed);
}

void LoopRecorder::record(const gateway::RequestRecord& record) {
    metrics_.record(record);
    if (record.access_logged) log_access(log_, record);
    if (usage_ != nullptr && record.wants_usage_row())
        usage_->push(std::make_unique<UsageEntry>(record, base::uuid4(random_), clock_.wall()));
}

void LoopRecorder::secure_usage(const gateway::RequestRecord& record, std::function<void()> done) {
    auto entry = std::make_unique<UsageEntry>(record, base::uuid4(random_), clock_.wall());
    entry->recorded = std::move(done);
    usage_->push(std::move(entry));
}

void LoopRecorder::stream_violated(const gateway::StreamViolation& violation) {
    if (!violations_.count(violation)) return;
    log_.warn("an event stream breaks a rule of its dialect",
              {{"provider", std::string_view(violation.provider->name)},
               {"dialect", violation.dialect},
               {"rule", violation.rule},
               {"action", violation.action}});
}

void LoopRecorder::over_budget(const gateway::Provider& provider, const plugin::OverBudget& calls) {
    const auto milliseconds = [](base::Duration duration) {
        return std::chrono::duration<double, std::milli>(duration).count();
    };
    log_.warn("a plugin takes longer than its budget",
              {{"plugin", std::string_view(provider.account->plugin())},
               {"build", to_string(provider.account->build())},
               {"provider", std::string_view(provider.name)},
               {"calls", static_cast<std::int64_t>(calls.calls)},
               {"function", to_string(calls.function)},
               {"worst_ms", milliseconds(calls.worst)},
               {"budget_ms", milliseconds(provider.budget.limit)}});
}

}  // namespace gomodel::record
