// One configured provider: an entry of `providers:`, or what discovery made of environment
// variables. The options are for the plugin's own schema; the rest is the host's. A plain value.
#pragma once

#include <Poco/JSON/Object.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/origin.hpp"
#include "config/resilience.hpp"

namespace gomodel::config {

struct ConfiguredModel {
    std::string id;
    Poco::JSON::Object::Ptr metadata;  // null when only the id is configured
    std::string where;                 // "config.yaml:12" or the variable's name
};

struct ProviderInstance {
    std::string name;
    std::string type;
    // Every member but type, models and resilience, with its YAML type. Shared and not to be
    // changed: copy before writing.
    Poco::JSON::Object::Ptr options;
    std::vector<ConfiguredModel> models;  // ids unique
    Resilience resilience;
    std::string where;  // "config.yaml:12", or the variable that made it

    // Of the options and of "models", where they did not come from the file's entry.
    Origins origins;

    // An option that is text; empty when absent.
    std::string option(std::string_view member) const;
};

}  // namespace gomodel::config
