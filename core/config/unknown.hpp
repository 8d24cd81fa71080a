// The warning for members of a mapping that nobody reads. Private to the readers of structures.
#pragma once

#include <string_view>
#include <vector>

#include "config/document.hpp"
#include "config/problem.hpp"

namespace gomodel::config {

// Warns of each member of `mapping` that is not in `known`, with the nearest that is. `shown` is
// the mapping's own path.
void warn_unknown(const Document& document, const Node& mapping, std::string_view shown,
                  const std::vector<std::string_view>& known, Problems& problems);

}  // namespace gomodel::config
