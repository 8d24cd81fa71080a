// The recorder of one loop: the access log and the metrics. Loop thread only.
#pragma once

#include "base/log.hpp"
#include "gateway/recorder.hpp"
#include "record/metrics.hpp"

namespace gomodel::record {

class LoopRecorder final : public gateway::Recorder {
public:
    LoopRecorder(base::Log& log, Metrics& metrics)
        : log_(log), metrics_(metrics), violations_(metrics.stream_violations()) {}

    void upstream_began(const gateway::UpstreamCall& call) override;
    void upstream_ended(const gateway::UpstreamCall& call, int status,
                        base::Duration elapsed) override;
    void record(const gateway::RequestRecord& record) override;
    void stream_violated(const gateway::StreamViolation& violation) override;
    void over_budget(const gateway::Provider& provider, const plugin::OverBudget& calls) override;

private:
    base::Log& log_;
    LoopMetrics metrics_;
    LoopViolations violations_;
};

}  // namespace gomodel::record
