// The admin API's view of the providers: how each was configured, how the listing of its models
// goes, and how calls to it go right now. Loop thread.
#pragma once

#include <map>
#include <string>

#include "gateway/generation_store.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/providers/status
net::Task<void> serve_providers_status(gateway::RequestContext* context,
                                       const gateway::GenerationStore* generations);

using ListingStatuses = std::map<std::string, gateway::ListingStatus>;  // by provider

// Its answer. Pure; any thread.
std::string providers_status_json(const gateway::Generation& generation,
                                  const ListingStatuses& listings, base::SteadyTime now);

}  // namespace gomodel::admin
