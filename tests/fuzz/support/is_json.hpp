// JSON as an independent parser sees it.
#pragma once

#include <rapidjson/document.h>

#include <string_view>

namespace gomodel::fuzz {

// Numbers of any size are numbers; that texts are UTF-8 is not asked.
inline bool is_json(std::string_view text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag>(
        text.data(), text.size());
    return !document.HasParseError();
}

}  // namespace gomodel::fuzz
