// Loading a configuration from text, for the tests of what the loader makes of it.
#pragma once

#include <string_view>

#include "config/loader.hpp"
#include "support.hpp"

namespace gomodel::config {

inline Loaded load_yaml(std::string_view yaml, const Variables& variables = {}) {
    return load_text(yaml, "config.yaml", Environment(variables));
}

}  // namespace gomodel::config
