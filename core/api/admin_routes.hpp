// The routes below /admin/api/v1, there while admin.endpoints_enabled is on. Constant: any thread.
#pragma once

#include <span>

#include "api/routes.hpp"

namespace gomodel::api {

inline constexpr std::string_view kAdminPrefix = "/admin/api/v1/";

std::span<const Route> admin_routes();

}  // namespace gomodel::api
