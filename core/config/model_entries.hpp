// Reads `models` lists of providers: bare ids, or ids with metadata that overrides what is known
// about the model. Private to the loader and to discovery.
#pragma once

#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/problem.hpp"
#include "config/provider_instance.hpp"

namespace gomodel::config {

// The entries of a list that stands at `path`. Ids are trimmed; of two alike the first counts.
std::vector<ConfiguredModel> read_models(const Document& document, const Node& list,
                                         const std::string& path, Problems& problems);

// The same of an environment variable: ids separated by commas.
std::vector<ConfiguredModel> read_models(std::string_view list, const std::string& variable);

}  // namespace gomodel::config
