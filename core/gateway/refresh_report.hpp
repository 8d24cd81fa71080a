// What one refresh did, for the admin API, the log and the metrics. A plain value.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/problem.hpp"

namespace gomodel::gateway {

enum class RefreshOutcome {
    kPublished,  // a new generation is current
    kUnchanged,  // there was nothing to do
    kFailed,     // the running generation stays; the problems say why
};

std::string_view to_string(RefreshOutcome outcome);  // "published", "unchanged", "failed"

// A setting that was changed and is not in effect before a restart.
struct RestartSetting {
    std::string key;
    std::string where;  // "config.yaml:3", "PORT in .env:1"; empty: it has its default again
};

struct RefreshReport {
    RefreshOutcome outcome = RefreshOutcome::kFailed;
    std::string trigger;           // "signal", "admin", "file change"
    std::uint64_t generation = 0;  // current when the refresh was done
    base::WallTime started{};
    base::WallTime finished{};
    base::Duration config_took{};  // reading and checking files
    base::Duration build_took{};   // plugins and instances
    base::Duration list_took{};    // asking providers for their models
    base::Duration took{};
    std::vector<std::string> changes;
    std::vector<RestartSetting> restart;
    config::Problems problems;                         // all of them, warnings too
    std::size_t config_errors = 0;                     // of the problems: with the files themselves
    bool listed = false;                               // the providers were asked
    std::map<std::string, std::string> list_failures;  // by provider, which keeps the models it had
    std::size_t models = 0;
    std::size_t providers = 0;
};

}  // namespace gomodel::gateway
