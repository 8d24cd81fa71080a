// The names that the header X-GoModel-Timezone may have, for those who choose one. Loop thread; the
// system's database is read on a worker's.
#pragma once

#include <string>
#include <string_view>

#include "gateway/request_context.hpp"
#include "net/worker_pool.hpp"

namespace gomodel::admin {

// GET /admin/api/v1/timezones
net::Task<void> serve_time_zones(gateway::RequestContext* context, net::WorkerPool* workers);

// Its answer, with how far each zone is ahead of UTC at that moment. Reads files; any thread.
std::string time_zones_json(base::WallTime now);

}  // namespace gomodel::admin
