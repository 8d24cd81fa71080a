// The JSON of the runtime endpoints. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/generation_store.hpp"
#include "gateway/refresh_report.hpp"

namespace gomodel::admin {

// {"status":"ok|partial|failed","started_at","finished_at","duration_ms","model_count",
// "provider_count","steps":[{"name","status":"ok|partial|failed|skipped","message","error",
// "duration_ms"}]}, and what is ours: "outcome", "trigger", "generation", "changes",
// "restart_required":[{"key","where"}], "problems":[{"severity","where","key","message"}].
std::string refresh_json(const gateway::RefreshReport& report);

// {"current":3,"generations":[{"number","current","since","trigger","requests","changes",
// "modules":[{"name","file","sha256","plugins":[{"id","version"}],"instances":["acme"]}],
// "guardrails":[{"name","type","order","left_out"}], as they are asked,
// "canary":{"state":"running|promoted|rolled_back","reason","file","sha256","share","promote_after":
// {"requests","max_error_rate","max_slowdown"},"providers":["acme"],"current":{"requests","errors",
// "error_rate","plugin_p90_ms"},"canary":{...}}}]}, newest first; "canary" only where there is one.
std::string generations_json(const std::vector<gateway::LiveGeneration>& generations);

}  // namespace gomodel::admin
