#include "record/loop_recorder.hpp"

#include "gateway/provider.hpp"
#include "record/access_log.hpp"
#include "record/audit_entry.hpp"
#include "record/settle.hpp"
#include "record/usage_entry.hpp"

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
    usage_ == nullptr ? settle(record) : keep(record, {});
}

void LoopRecorder::settle(const gateway::RequestRecord& record) {
    gomodel::record::settle(record, {clock_.steady(), time_of_row(record)});
}

// What is settled and what a row says must be of one time: a budget's correction asks for the rows
// before a moment, and takes what was settled later from its own count.
base::WallTime LoopRecorder::time_of_row(const gateway::RequestRecord& record) const {
    return record.settled_at == base::WallTime() ? clock_.wall() : record.settled_at;
}

void LoopRecorder::secure(const gateway::RequestRecord& record, std::function<void()> done) {
    keep(record, std::move(done));
}

// The row of usage and the entry of the audit log have the id of the request: by that they are
// known to belong together.
void LoopRecorder::keep(const gateway::RequestRecord& record, std::function<void()> done) {
    const bool audited = record.wants_audit_entry();
    const base::WallTime now = time_of_row(record);
    gomodel::record::settle(record, {clock_.steady(), now});
    std::string made;
    if (record.id.empty()) made = base::uuid4_by_time(random_, now);
    const std::string_view id = record.id.empty() ? std::string_view(made) : record.id;
    if (record.wants_usage_row()) {
        auto entry = std::make_unique<UsageEntry>(record, id, now);
        if (!audited) entry->recorded = std::move(done);
        usage_->push(std::move(entry));
    }
    if (!audited) return;
    auto entry = std::make_unique<AuditEntry>(record, id);
    if (usage_->crowded()) entry->drop_bodies();
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

void LoopRecorder::over_budget(const gateway::PluginBreach& breach,
                               const plugin::OverBudget& calls) {
    gateway::log_over_budget(log_, breach, calls);
}

void LoopRecorder::bypass_changed(const gateway::PluginBreach& breach,
                                  plugin::BypassChange change) {
    gateway::log_bypass_change(log_, *breach.account, change);
}

void LoopRecorder::plugin_failed(std::string_view plugin, std::string_view instance,
                                 std::string_view request_id, std::string_view why) {
    log_.error(
        "a request failed for a plugin",
        {{"plugin", plugin}, {"instance", instance}, {"request_id", request_id}, {"error", why}});
}

}  // namespace gomodel::record
