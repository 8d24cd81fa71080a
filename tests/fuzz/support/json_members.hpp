// The members of a JSON object and where they are in its text, found by RapidJSON alone: what the
// gateway's own readers are compared with.
#pragma once

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/numbers.hpp"

namespace gomodel::fuzz {

struct JsonMember {
    std::string key;           // decoded
    std::string_view raw_key;  // with its quotes
    std::string_view value;    // as written
};
using JsonMembers = std::vector<JsonMember>;

// Listens to a parse and notes where the outermost object's members begin and end.
class MemberListener : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, MemberListener> {
public:
    MemberListener(std::string_view text, rapidjson::MemoryStream& stream)
        : text_(text), stream_(stream) {}

    bool Default() { return scalar(); }  // numbers, booleans, null
    bool String(const char*, rapidjson::SizeType, bool) { return scalar(); }
    bool Key(const char* key, rapidjson::SizeType size, bool) {
        if (depth_ != 1) return true;
        const std::size_t end = stream_.Tell();
        members_.push_back({std::string(key, size), raw_string(end), {}});
        key_end_ = end;
        return true;
    }
    bool StartObject() { return open(); }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool StartArray() { return open(); }
    bool EndArray(rapidjson::SizeType) { return close(); }

    JsonMembers take() { return std::move(members_); }

private:
    static constexpr std::string_view kSpace = " \t\r\n";

    bool open() {
        ++depth_;
        return true;
    }
    bool close() {
        constexpr std::size_t kBracket = 1;  // not taken from the stream yet
        if (--depth_ == 1) end_value(stream_.Tell() + kBracket);
        return true;
    }
    bool scalar() {
        if (depth_ == 1) end_value(stream_.Tell());
        return true;
    }
    void end_value(std::size_t end) {
        if (members_.empty()) return;  // of an array
        const std::size_t colon = text_.find(':', key_end_);
        const std::size_t begin = text_.find_first_not_of(kSpace, colon + 1);
        members_.back().value = text_.substr(begin, end - begin);
    }
    // The string whose closing quote is before `end`.
    std::string_view raw_string(std::size_t end) const {
        const std::size_t begin = text_.find('"', last_end());
        return text_.substr(begin, end - begin);
    }
    std::size_t last_end() const {
        if (members_.empty()) return 0;
        const std::string_view last = members_.back().value;
        return static_cast<std::size_t>(last.data() + last.size() - text_.data());
    }

    const std::string_view text_;
    rapidjson::MemoryStream& stream_;
    JsonMembers members_;
    std::size_t key_end_ = 0;
    int depth_ = 0;
};

// Unset: the text is not one JSON object in UTF-8.
inline std::optional<JsonMembers> json_members(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return std::nullopt;  // RapidJSON would stop there
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || text[start] != '{') return std::nullopt;
    const std::string json = with_zeros(text);
    rapidjson::MemoryStream stream(json.data(), json.size());
    MemberListener listener(text, stream);
    rapidjson::Reader reader;
    constexpr unsigned kFlags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    if (!reader.Parse<kFlags>(stream, listener)) return std::nullopt;
    return listener.take();
}

}  // namespace gomodel::fuzz
