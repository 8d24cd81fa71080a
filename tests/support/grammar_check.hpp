// Holds a whole event stream to the grammar of its dialect, for tests of what writes one.
#pragma once

#include <string>
#include <string_view>

#include "dialect/grammar/stream_grammar.hpp"

namespace gomodel::tests {

// The rules that the stream breaks, a line each: "missing-role mended". Empty: none.
inline std::string broken_rules(dialect::Endpoint endpoint, std::string_view stream,
                                dialect::grammar::Measure measure = dialect::grammar::Measure::kOwn,
                                std::size_t step = std::string_view::npos) {
    dialect::grammar::StreamGrammar grammar(endpoint, measure);
    SseReader reader(std::size_t{64} * 1024 * 1024);
    bool broken = false;
    while (!stream.empty()) {
        const std::string piece(stream.substr(0, step));  // its own memory, gone afterwards
        stream.remove_prefix(piece.size());
        reader.feed(
            piece,
            [&](const SseEvent& event) {
                if (!event.has_data || broken) return;
                broken = grammar.check(event).fate == dialect::grammar::Verdict::Fate::kEnd;
            },
            [](std::string_view) {});
    }
    if (!broken) grammar.close(false);
    std::string lines;
    for (const dialect::grammar::Violation& violation : grammar.violations()) {
        lines.append(to_string(violation.rule)).append(" ");
        lines.append(to_string(violation.action)).append("\n");
    }
    return lines;
}

}  // namespace gomodel::tests
