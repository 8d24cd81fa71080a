// Everything a request looks at that an operator can change: settings, credentials, providers,
// models. One immutable whole; a request pins the one that was current when it began and never sees
// another. Made on the control thread, destroyed there too.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/settings.hpp"
#include "gateway/canary.hpp"
#include "gateway/catalog.hpp"
#include "gateway/guard/guardrail.hpp"
#include "gateway/limits/limits.hpp"
#include "gateway/principal.hpp"
#include "gateway/provider.hpp"
#include "gateway/recall/recall.hpp"
#include "plugin/registry.hpp"

namespace gomodel::gateway {

struct Generation {
    std::uint64_t number = 1;
    base::WallTime since{};            // when it became current
    std::string trigger = "start";     // what made it: "start", "signal", "admin", "file change"
    std::vector<std::string> changes;  // against the one before, for people
    config::Settings settings;
    Authenticator authenticator{""};
    std::shared_ptr<const plugin::Registry> registry;
    std::vector<std::shared_ptr<const Provider>> providers;  // in order of name
    std::shared_ptr<const Catalog> catalog;
    std::vector<std::shared_ptr<const guard::Guardrail>> guardrails;  // in the order they are asked
    std::shared_ptr<const Canary> canary;                             // null: none is configured
    std::shared_ptr<limits::Limits> limits;  // of the process; null: there are none
    limits::RateLimits rate_limits;          // of this generation
    // The exact cache's; null: it is off.
    std::shared_ptr<recall::AnswerStore> answers;
    std::shared_ptr<recall::Recall> recall;  // of the process; null: there is none

    const Provider* provider(std::string_view name) const;
};

}  // namespace gomodel::gateway
