// Reading a `usage` object out of a JSON text that is being walked. Private to the dialects.
#pragma once

#include "dialect/json_text.hpp"
#include "dialect/usage.hpp"

namespace gomodel::dialect {

// A count as some vendor wrote it, 12 or 12.0. What is no count of tokens is 0.
std::int64_t token_count(simdjson::ondemand::value value);

// Collects the members of a usage object.
class UsageMembers {
public:
    // False: malformed.
    bool take(std::string_view key, simdjson::ondemand::value value);
    TokenUsage usage() const;

private:
    TokenUsage usage_;
};

// Reads a value that is a usage object; any other leaves `usage` as it is. False: malformed.
bool read_usage(simdjson::ondemand::value value, TokenUsage& usage);

}  // namespace gomodel::dialect
