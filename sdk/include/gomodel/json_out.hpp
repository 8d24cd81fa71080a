// Writes JSON into a string, piece by piece; commas are put where they belong. Raw JSON can go in
// as it is. One writer a document; the caller opens and closes in the right order.
#pragma once

#include <gomodel/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace gomodel::json {

class Out {
public:
    Out& begin_object() { return open('{'); }
    Out& end_object() { return close('}'); }
    Out& begin_array() { return open('['); }
    Out& end_array() { return close(']'); }

    // `name` needs no escapes.
    Out& key(std::string_view name) {
        separate();
        text_ += '"';
        text_ += name;
        text_ += "\":";
        return *this;
    }
    // Any JSON value as it stands.
    Out& raw(std::string_view json) {
        separate();
        text_ += json;
        return *this;
    }
    Out& string(std::string_view text) {
        separate();
        append_quoted(text_, text);
        return *this;
    }
    // A string given in its escaped form, without quotes.
    Out& escaped(std::string_view inside) {
        separate();
        text_ += '"';
        text_ += inside;
        text_ += '"';
        return *this;
    }
    Out& number(std::int64_t value) { return raw(std::to_string(value)); }

    Out& raw_member(std::string_view name, std::string_view json) { return key(name).raw(json); }
    Out& member(std::string_view name, std::string_view text) { return key(name).string(text); }
    Out& number_member(std::string_view name, std::int64_t value) {
        return key(name).number(value);
    }

    const std::string& text() const { return text_; }
    // The text without a copy; the writer is over.
    std::string take() { return std::move(text_); }
    // Room for so many bytes.
    void reserve(std::size_t size) { text_.reserve(size); }

private:
    Out& open(char bracket) {
        separate();
        text_ += bracket;
        return *this;
    }
    Out& close(char bracket) {
        text_ += bracket;
        return *this;
    }
    // No value ends in one of these: what ends so is waiting for its first part.
    void separate() {
        if (text_.empty()) return;
        const char last = text_.back();
        if (last != '{' && last != '[' && last != ':' && last != ',') text_ += ',';
    }

    std::string text_;
};

}  // namespace gomodel::json
