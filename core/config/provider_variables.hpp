// Sorts environment variables into what they say about which provider instance. Private to
// discovery. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/environment.hpp"
#include "config/providers.hpp"

namespace gomodel::config {

struct NamedVariable {
    std::string name;
    std::string value;
    std::string where;
};

// The variables of one instance.
struct VariableGroup {
    const ProviderType* type = nullptr;
    std::string suffix;  // upper case; empty: the type's own
    // By option: "api_key", "base_url", "api_version", "models". None is blank.
    std::map<std::string, NamedVariable, std::less<>> options;

    std::string instance_name() const;  // "openai-east"
    const NamedVariable* find(std::string_view option) const;
    // "OPENAI_EAST_API_KEY" for "api_key", whether it is set or not
    std::string variable_name(std::string_view option) const;
};

// By type, then suffix, bytewise. REQUIRES: `types` outlives the result.
std::vector<VariableGroup> scan_variables(const Environment& environment,
                                          const std::vector<ProviderType>& types);

// True iff a ${...} in the text was not resolved.
bool has_placeholder(std::string_view text);

}  // namespace gomodel::config
