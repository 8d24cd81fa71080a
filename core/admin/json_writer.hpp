// Writes the admin API's JSON answers: RapidJSON's writer with text made safe. A plain value.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"

namespace gomodel::admin {

class JsonWriter {
public:
    void begin_object() { writer_.StartObject(); }
    void end_object() { writer_.EndObject(); }
    void begin_array() { writer_.StartArray(); }
    void end_array() { writer_.EndArray(); }
    void key(std::string_view name) { writer_.Key(name.data(), size(name)); }

    // Bytes that are not UTF-8, as a file's name may have, are replaced.
    void text(std::string_view value) {
        const std::string safe = base::replace_invalid_utf8(value);
        writer_.String(safe.data(), size(safe));
    }
    void number(std::int64_t value) { writer_.Int64(value); }

    void member(std::string_view name, std::string_view value) {
        key(name);
        text(value);
    }
    // Left out when empty.
    void optional(std::string_view name, std::string_view value) {
        if (!value.empty()) member(name, value);
    }
    void member(std::string_view name, std::int64_t value) {
        key(name);
        number(value);
    }
    void real(std::string_view name, double value) {
        key(name);
        writer_.Double(value);
    }
    void flag(std::string_view name, bool value) {
        key(name);
        writer_.Bool(value);
    }
    void member(std::string_view name, const std::vector<std::string>& values) {
        key(name);
        begin_array();
        for (const std::string& value : values)
            text(value);
        end_array();
    }

    std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

private:
    static rapidjson::SizeType size(std::string_view text) {
        return static_cast<rapidjson::SizeType>(text.size());
    }

    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace gomodel::admin
