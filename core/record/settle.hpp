// Tells the limits what a request has really used: as many tokens, and as much money as the row of
// its usage says. Loop thread.
#pragma once

#include "gateway/limits/limits.hpp"
#include "gateway/recorder.hpp"

namespace gomodel::record {

// `now.wall`: the time of the row. Of the calls for one request the first counts.
void settle(const gateway::RequestRecord& record, const gateway::limits::Times& now);

}  // namespace gomodel::record
