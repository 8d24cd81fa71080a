// What the plugin ABI (sdk/docs/ABI.md) forbids and the gateway sees when it happens, whatever
// build of the gateway it is. Each is counted by plugin, and warned of once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gomodel::plugin {

enum class Rule : std::uint8_t {
    kStatus,
    kException,
    kDeadline,
    kNoExchange,
    kUnknownStep,
    kUnknownFraming,
    kMalformedRequest,
    kUnknownOutput,
    kLateWrite,
    kWrongThread,
    kUnknownVerdict,
    kMalformedMessages,
};
inline constexpr std::size_t kRules = 12;

std::string_view to_string(Rule rule);  // "status", "unknown_step"
// What the plugin did, for people.
std::string_view explain(Rule rule);

}  // namespace gomodel::plugin
