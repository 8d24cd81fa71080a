// An answer as it is kept in a cache: the bytes the client got, and what was noted of them, which
// they need not say themselves. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialect/request.hpp"
#include "dialect/usage.hpp"

namespace gomodel::gateway::recall {

struct SavedAnswer {
    bool stream = false;
    std::string body;
    dialect::AnswerSummary summary;
};

// Whether it may be given to others. A JSON answer: one object, without an error, and of a response
// that is not still being made. A stream: nothing but JSON in its events, none of which tells of an
// error, up to the event that ends it and no further.
bool is_complete(dialect::Endpoint endpoint, const SavedAnswer& answer);

// The value for the cache, and what it was made of. nullopt: it is no such value, or not whole.
std::string to_entry(const SavedAnswer& answer);
std::optional<SavedAnswer> from_entry(std::string entry);

// How much longer than its body an entry may be.
inline constexpr std::size_t kMostBesidesBody = 64 * 1024;

}  // namespace gomodel::gateway::recall
