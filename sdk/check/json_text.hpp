// JSON documents for plugin-check, where every error names the file it is in.
#pragma once

#include <rapidjson/document.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gomodel::check {

// Throws std::runtime_error that names the file.
rapidjson::Document read_json(const std::filesystem::path& path);

// Unset: `text` is not JSON.
std::optional<rapidjson::Document> parse_json(std::string_view text);
// Throws std::runtime_error that says why `text` is not JSON, and where.
rapidjson::Document require_json(std::string_view text);

std::string to_text(const rapidjson::Value& value);
std::string to_pretty_text(const rapidjson::Value& value);

// The string member `name`, or `fallback` when it is absent or no string.
std::string text_member(const rapidjson::Value& object, const char* name,
                        std::string_view fallback = {});
const rapidjson::Value* find_member(const rapidjson::Value& object, const char* name);

// True iff both are JSON of the same value, whatever the order of members, or the same bytes.
bool same_json(std::string_view a, std::string_view b);

}  // namespace gomodel::check
