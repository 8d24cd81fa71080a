// Reads the `providers` map of config.yaml: what is the host's of each entry, and the rest as
// options for the plugin. Private to the loader.
#pragma once

#include <vector>

#include "config/document.hpp"
#include "config/origin.hpp"
#include "config/problem.hpp"
#include "config/provider_instance.hpp"
#include "config/resilience.hpp"

namespace gomodel::config {

// The entries in the order of the file. A resilience setting that an entry leaves out is as in
// `resilience`; the place of one it has is added to `origins`.
std::vector<ProviderInstance> read_providers(const Document& document, const Resilience& resilience,
                                             Origins& origins, Problems& problems);

}  // namespace gomodel::config
