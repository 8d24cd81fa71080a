// What the fuzz targets of adapters over chat share: an adapter anew for every text, whole answers,
// and streams in pieces.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "dialect/adapted_stream.hpp"
#include "support/is_json.hpp"
#include "support/promise.hpp"
#include "support/split.hpp"

namespace gomodel::fuzz {

inline std::unique_ptr<dialect::Adapter> adapter_for(dialect::Endpoint endpoint) {
    return dialect::adapter_over_chat(endpoint, {"id", 7, "up"});
}

// `json`: the text is.
inline void check_answer(dialect::Endpoint endpoint, std::string_view text, bool json) {
    const auto answer = adapter_for(endpoint)->answer(text);
    if (const auto* translated = std::get_if<std::string>(&answer)) {
        require(!json || is_json(*translated), "an answer becomes JSON", *translated);
    }
}

// The client's stream for an upstream's that comes in these pieces.
inline std::string translate(dialect::Endpoint endpoint, const Pieces& pieces) {
    const auto adapter = adapter_for(endpoint);
    dialect::AdaptedStream stream(*adapter);
    std::string out;
    dialect::Failure failure;
    for (const std::string& piece : pieces) {
        if (!failure.has_value()) failure = stream.feed(piece, out);
    }
    if (!failure.has_value()) failure = stream.finish(out);
    if (failure.has_value()) stream.fail(*failure, out);
    return out;
}

}  // namespace gomodel::fuzz
