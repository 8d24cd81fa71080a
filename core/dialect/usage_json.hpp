// Reading a `usage` object out of a JSON text that is being walked. Private to the dialects.
#pragma once

#include "dialect/json_text.hpp"
#include "dialect/usage.hpp"

namespace gomodel::dialect {

// A count as some vendor wrote it, 12 or 12.0. What is no count of tokens is 0.
std::int64_t token_count(simdjson::ondemand::value value);

// Collects the members of a usage object, or of the several that a stream of Anthropic's tells.
class UsageMembers {
public:
    // False: malformed.
    bool take(std::string_view key, simdjson::ondemand::value value);
    // The text of an object: the longest is kept, as it says most.
    void keep_raw(std::string_view json);
    TokenUsage usage() const;

private:
    TokenUsage usage_;
    std::int64_t cache_read_ = 0;
    std::int64_t cache_written_ = 0;
    bool beside_cache_ = true;  // the prompt is told without those, as Anthropic does
};

// Adds a value that is a usage object to `members`, and notes that there was one; any other value
// leaves both as they are. False: malformed.
bool take_usage(simdjson::ondemand::value value, UsageMembers& members, bool& present);

// Reads a value that is a usage object; any other leaves `usage` as it is. False: malformed.
bool read_usage(simdjson::ondemand::value value, TokenUsage& usage);

}  // namespace gomodel::dialect
