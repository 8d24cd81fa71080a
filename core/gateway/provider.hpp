// One configured provider of a generation: its plugin instance and what the host needs to know of
// it. Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/provider_instance.hpp"
#include "plugin/instance.hpp"

namespace gomodel::gateway {

struct Provider {
    std::string name;  // of the configuration entry
    std::string type;  // of the plugin
    std::shared_ptr<const plugin::Instance> instance;
    std::vector<config::ConfiguredModel> models;
    config::Resilience resilience;

    bool can(std::uint64_t capability) const { return (instance->flags() & capability) != 0; }
};

}  // namespace gomodel::gateway
