// One line of the gateway's log for each request. Any thread.
#pragma once

#include "base/log.hpp"
#include "gateway/recorder.hpp"

namespace gomodel::record {

void log_access(base::Log& log, const gateway::RequestRecord& record);

}  // namespace gomodel::record
