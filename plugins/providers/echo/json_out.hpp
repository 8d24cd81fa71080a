// Writes JSON objects member by member. One writer a document.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace echo {

class JsonOut {
public:
    // Calls `members` to write the members of an object, and gives its text.
    template <typename Members>
    static std::string object(Members&& members) {
        JsonOut out;
        out.write_object(members);
        return {out.buffer_.GetString(), out.buffer_.GetSize()};
    }

    void member(const char* name, std::string_view text) {
        writer_.Key(name);
        value(text);
    }
    void member(const char* name, const char* text) { member(name, std::string_view(text)); }
    void member(const char* name, std::nullptr_t) {
        writer_.Key(name);
        writer_.Null();
    }
    void member(const char* name, std::same_as<bool> auto flag) {
        writer_.Key(name);
        writer_.Bool(flag);
    }
    void member(const char* name,
                std::integral auto number) requires(!std::same_as<decltype(number), bool>) {
        writer_.Key(name);
        writer_.Int64(static_cast<std::int64_t>(number));
    }
    void member(const char* name, double number) {
        writer_.Key(name);
        writer_.Double(number);
    }

    template <typename Members>
    void object_member(const char* name, Members&& members) {
        writer_.Key(name);
        write_object(members);
    }
    template <typename Elements>
    void array_member(const char* name, Elements&& elements) {
        writer_.Key(name);
        writer_.StartArray();
        elements();
        writer_.EndArray();
    }
    void empty_array(const char* name) {
        array_member(name, [] {});
    }

    // Elements of an array.
    void value(std::string_view text) {
        writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    }
    // With the digits a float needs, not those of the double nearest to it.
    void value(float number) {
        char digits[32];
        const char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        const auto length = static_cast<std::size_t>(end - digits);
        writer_.RawValue(digits, length, rapidjson::kNumberType);
    }
    template <typename Members>
    void object_value(Members&& members) {
        write_object(members);
    }

private:
    JsonOut() : writer_(buffer_) {}

    template <typename Members>
    void write_object(Members& members) {
        writer_.StartObject();
        members(*this);
        writer_.EndObject();
    }

    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace echo
