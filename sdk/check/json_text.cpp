#include "json_text.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

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

rapidjson::Document parse_json(std::string_view text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
    return document;
}

rapidjson::Document read_json(const std::filesystem::path& path) {
    rapidjson::Document document = parse_json(read_file(path));
    if (document.HasParseError()) {
        throw std::runtime_error(path.string() + ": " +
                                 rapidjson::GetParseError_En(document.GetParseError()) +
                                 " at byte " + std::to_string(document.GetErrorOffset()));
    }
    return document;
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
    const rapidjson::Document left = parse_json(a);
    const rapidjson::Document right = parse_json(b);
    return !left.HasParseError() && !right.HasParseError() && left == right;
}

}  // namespace gomodel::check
