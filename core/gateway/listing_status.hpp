// How the listing of one provider's models goes, for people. A plain value.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace gomodel::gateway {

struct ListingStatus {
    bool registered = true;             // it has an instance
    bool registry_initialized = false;  // it has answered, or failed, or is never asked
    std::size_t discovered_model_count = 0;
    bool using_cached_models = false;  // of an earlier run: it has not answered in this one
    std::optional<base::WallTime> last_model_fetch_at;
    std::optional<base::WallTime> last_model_fetch_success_at;
    std::string last_model_fetch_error;  // of the last fetch; empty: it went well
};

}  // namespace gomodel::gateway
