// Times as RFC 3339 writes them, "2026-02-17T10:00:00.5+01:00". Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace gomodel::base {

// Of a fraction nine digits count. nullopt: it is none, or no clock shows it.
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace gomodel::base
