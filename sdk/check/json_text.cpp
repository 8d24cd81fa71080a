#include "json_text.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <gomodel/json_document.hpp>
#include <stdexcept>

#include "file.hpp"

namespace gomodel::check {
namespace {

template <typename Writer>
std::string write(const rapidjson::Value& value) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::optional<rapidjson::Document> parse_json(std::string_view text) {
    rapidjson::Document document;
    if (!json::read_document(text, document)) return std::nullopt;
    return document;
}

rapidjson::Document require_json(std::string_view text) {
    rapidjson::Document document;
    const rapidjson::ParseResult result = json::read_document(text, document);
    if (!result) {
        const std::string reason = json::is_number_too_large(result)
                                       ? "a number is too large"
                                       : rapidjson::GetParseError_En(result.Code());
        throw std::runtime_error(reason + " at byte " + std::to_string(result.Offset()));
    }
    return document;
}

rapidjson::Document read_json(const std::filesystem::path& path) {
    try {
        return require_json(read_file(path));
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(path.string() + ": " + error.what());
    }
}

std::string to_text(const rapidjson::Value& value) {
    return write<rapidjson::Writer<rapidjson::StringBuffer>>(value);
}

std::string to_pretty_text(const rapidjson::Value& value) {
    return write<rapidjson::PrettyWriter<rapidjson::StringBuffer>>(value) + "\n";
}

const rapidjson::Value* find_member(const rapidjson::Value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text_member(const rapidjson::Value& object, const char* name,
                        std::string_view fallback) {
    const rapidjson::Value* const value = find_member(object, name);
    if (value == nullptr || !value->IsString()) return std::string(fallback);
    return {value->GetString(), value->GetStringLength()};
}

bool same_json(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const std::optional<rapidjson::Document> left = parse_json(a);
    const std::optional<rapidjson::Document> right = parse_json(b);
    return left.has_value() && right.has_value() && *left == *right;
}

}  // namespace gomodel::check
