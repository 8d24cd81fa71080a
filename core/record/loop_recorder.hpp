// The recorder of one loop: the access log, the metrics, and entries for the recorder's thread.
// Loop thread only.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "gateway/recorder.hpp"
#include "record/metrics.hpp"
#include "record/usage_recorder.hpp"

namespace gomodel::record {

class LoopRecorder final : public gateway::Recorder {
public:
    // usage: nullptr: nothing is kept.
    LoopRecorder(base::Log& log, Metrics& metrics, UsageRecorder* usage, const base::Clock& clock,
                 base::Random& random)
        : log_(log),
          metrics_(metrics),
          violations_(metrics.stream_violations()),
          usage_(usage),
          clock_(clock),
          random_(random) {}

    void upstream_began(const gateway::UpstreamCall& call) override;
    void upstream_ended(const gateway::UpstreamCall& call, int status,
                        base::Duration elapsed) override;
    void record(const gateway::RequestRecord& record) override;
    void settle(const gateway::RequestRecord& record) override;
    void stream_violated(const gateway::StreamViolation& violation) override;
    bool secures() const override { return usage_ != nullptr && usage_->waits_for_journal(); }
    void secure(const gateway::RequestRecord& record, std::function<void()> done) override;
    void over_budget(const gateway::PluginBreach& breach, const plugin::OverBudget& calls) override;
    void bypass_changed(const gateway::PluginBreach& breach, plugin::BypassChange change) override;
    void plugin_failed(std::string_view plugin, std::string_view instance,
                       std::string_view request_id, std::string_view why) override;

private:
    base::WallTime time_of_row(const gateway::RequestRecord& record) const;
    void keep(const gateway::RequestRecord& record, std::function<void()> done);

    base::Log& log_;
    LoopMetrics metrics_;
    LoopViolations violations_;
    UsageRecorder* const usage_;
    const base::Clock& clock_;
    base::Random& random_;
};

}  // namespace gomodel::record
