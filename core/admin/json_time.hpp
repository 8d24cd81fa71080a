// Times in the admin API's JSON: RFC 3339 in UTC with nanoseconds, trailing zeros left out.
#pragma once

#include <string>

#include "base/clock.hpp"

namespace gomodel::admin {

// "2026-02-17T10:00:00.1234Z", "2026-02-17T10:00:00Z"
std::string json_time(base::WallTime time);

}  // namespace gomodel::admin
