// What two configurations differ in: tells a refresh whether there is anything to do, and what has
// to wait for a restart. Places in files do not count: a comment moves lines. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace gomodel::config {

// The paths of the keys that differ, in the order of the key table; then the structures:
// "budgets.user_paths", "rate_limits", "guardrails.rules", "fallback.rules", "fallback.overrides",
// "plugins.sha256". Providers are left out: discovery has the last word on them.
std::vector<std::string> differing_keys(const Settings& a, const Settings& b);

// True iff a key is read only when the gateway starts. False for structures.
bool needs_restart(std::string_view path);

// Models configured alike: the same ids in the same order with the same metadata.
bool same_models(const std::vector<ConfiguredModel>& a, const std::vector<ConfiguredModel>& b);

}  // namespace gomodel::config
