// What the dialects have in common whose events are named by their type: responses and messages.
// Pure.
#pragma once

#include <gomodel/sse.hpp>

#include <algorithm>
#include <string>
#include <string_view>

#include "dialect/grammar/findings.hpp"

namespace gomodel::dialect::grammar {

// The type of an event: its data's (without quotes; empty: it has none), else its name. Counts what
// is amiss.
inline std::string_view type_of(const SseEvent& event, std::string_view type, Findings& findings) {
    if (type.empty()) {
        findings.count(Rule::kMissingType);
        return event.name;
    }
    if (!event.name.empty() && event.name != type) findings.count(Rule::kWrongEventName);
    return event.name == "error" ? event.name : type;  // to SDKs it is one, whatever its data says
}

// An event without a name under that of its type.
inline std::string with_name(const SseEvent& event, std::string_view type) {
    std::string named = "event: ";
    named.append(type).append("\n");
    std::string_view raw = event.raw;
    while (!raw.empty()) {
        const std::string_view line = raw.substr(0, std::min(raw.find('\n'), raw.size() - 1) + 1);
        raw.remove_prefix(line.size());
        if (!line.starts_with("event")) named.append(line);  // an empty name would undo it
    }
    return named;
}

}  // namespace gomodel::dialect::grammar
