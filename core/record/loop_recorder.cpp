#include "record/loop_recorder.hpp"

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
}

}  // namespace gomodel::record
