// The settings as they are in effect, each with where it comes from, fit to be shown: for
// `gomodel check-config --print`. Secrets are hidden. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "config/loader.hpp"

namespace gomodel::config {

struct EffectiveValue {
    std::string key;
    std::string value;
    std::string source;  // "default", "config.yaml:12", "PORT", "PORT in .env:3"
};

// Every key of the table, then what the structures hold: providers (the ones given: as configured,
// or as discovered), budgets, guardrail rules, fallback, plugin digests.
std::vector<EffectiveValue> effective_values(const Loaded& loaded,
                                             const std::vector<ProviderInstance>& providers);

// One "key = value (source)" a line.
std::string print_effective(const std::vector<EffectiveValue>& values);

}  // namespace gomodel::config
