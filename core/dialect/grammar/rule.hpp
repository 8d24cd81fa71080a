// The rules that the event streams clients get keep, and what is done about one that is broken.
// docs/stream-grammar.md tells of each. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gomodel::dialect::grammar {

enum class Rule : std::uint8_t {
    // Of every dialect.
    kNotJson,
    kEmptyData,
    kMissingStart,
    kRepeatedStart,
    kMissingEnd,
    kEventAfterEnd,
    kMissingIndex,
    kMissingUsage,
    kRepeatedUsage,
    kIncompleteArguments,
    kMissingFinish,
    kContentAfterFinish,
    // Of chat completions.
    kMissingRole,
    kRepeatedRole,
    kRepeatedFinish,
    kUnnamedToolCall,
    kRepeatedCallId,
    kChangedId,
    kUnknownChunk,
    // Of the dialects whose events have names.
    kMissingType,
    kMissingEventName,
    kWrongEventName,
    kForeignEnd,
    // Of responses.
    kMissingSequence,
    kSequenceNotIncreasing,
    kRepeatedItem,
    kWrongItemId,
    kDeltaWithoutItem,
    kDeltaAfterItem,
    kDeltaWithoutPart,
    kDeltaAfterPart,
    kItemNotDone,
    // Of messages.
    kRepeatedBlock,
    kBlockOutOfOrder,
    kOverlappingBlocks,
    kDeltaWithoutBlock,
    kDeltaAfterBlock,
    kWrongDelta,
    kStopWithoutBlock,
    kBlockNotStopped,
};
inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::kBlockNotStopped) + 1;

enum class Action : std::uint8_t {
    kCounted,  // the event went through as it was
    kMended,   // something was added, changed or left out
    kEnded,    // the stream was ended with an error
};
inline constexpr std::size_t kActions = static_cast<std::size_t>(Action::kEnded) + 1;

struct Violation {
    Rule rule{};
    Action action{};

    bool operator==(const Violation&) const = default;
};

// "missing-role", ...
std::string_view to_string(Rule rule);
// "counted", ...
std::string_view to_string(Action action);

}  // namespace gomodel::dialect::grammar
