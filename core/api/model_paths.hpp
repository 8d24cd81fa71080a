// Which paths are those of models: a request to one is in the audit log, whatever comes of it.
// Pure.
#pragma once

#include <string_view>

namespace gomodel::api {

// path: below the base path, decoded.
bool is_model_path(std::string_view path);

}  // namespace gomodel::api
