#include "dialect/grammar/rule.hpp"

namespace gomodel::dialect::grammar {
namespace {

// In the order of Rule.
constexpr std::array<std::string_view, kRules> kNames = {
    "not-json",
    "empty-data",
    "missing-start",
    "repeated-start",
    "missing-end",
    "event-after-end",
    "missing-index",
    "missing-usage",
    "repeated-usage",
    "incomplete-arguments",
    "missing-finish",
    "content-after-finish",
    "missing-role",
    "repeated-role",
    "repeated-finish",
    "unnamed-tool-call",
    "repeated-call-id",
    "changed-id",
    "unknown-chunk",
    "missing-type",
    "missing-event-name",
    "wrong-event-name",
    "foreign-end",
    "missing-sequence",
    "sequence-not-increasing",
    "repeated-item",
    "wrong-item-id",
    "delta-without-item",
    "delta-after-item",
    "delta-without-part",
    "delta-after-part",
    "item-not-done",
    "repeated-block",
    "block-out-of-order",
    "overlapping-blocks",
    "delta-without-block",
    "delta-after-block",
    "wrong-delta",
    "stop-without-block",
    "block-not-stopped",
};

}  // namespace

std::string_view to_string(Rule rule) {
    return kNames.at(static_cast<std::size_t>(rule));
}

std::string_view to_string(Action action) {
    switch (action) {
        case Action::kCounted:
            return "counted";
        case Action::kMended:
            return "mended";
        case Action::kEnded:
            break;
    }
    return "ended";
}

}  // namespace gomodel::dialect::grammar
