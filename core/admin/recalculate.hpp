// The admin API's endpoints on the recalculation of past costs. Loop thread; the work is done on
// workers.
#pragma once

#include <string>

#include "admin/control.hpp"
#include "control/recalculation.hpp"

namespace gomodel::admin {

// POST /admin/api/v1/usage/recalculate: begins one.
net::Task<void> start_recalculation(gateway::RequestContext* context,
                                    control::Recalculation* recalculation);
// GET /admin/api/v1/usage/recalculate: how the last one goes, or went.
net::Task<void> serve_recalculation(gateway::RequestContext* context,
                                    control::Recalculation* recalculation);

// Its answer. Pure.
std::string recalculation_json(const control::Recalculation::Progress& progress);

}  // namespace gomodel::admin
