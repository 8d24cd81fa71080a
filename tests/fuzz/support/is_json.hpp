// JSON as an independent parser sees it.
#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>

#include "support/numbers.hpp"

namespace gomodel::fuzz {

// Numbers of any size are numbers; that texts are UTF-8 is not asked.
inline bool is_json(std::string_view text) {
    // RapidJSON ends at a NUL, and skips what may be a part of a byte order mark.
    if (text.empty() || text.find('\0') != std::string_view::npos) return false;
    if (static_cast<unsigned char>(text.front()) >= 0x80) return false;
    const std::string json = with_zeros(text);
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    return !document.HasParseError();
}

}  // namespace gomodel::fuzz
