// A small reader for JSON that is looked at rather than loaded: walks the members of an object or
// the elements of an array and gives raw slices of the text, so that an edit can be a splice and
// every other byte stays as it was. Strict grammar (RFC 8259) except that UTF-8 is not checked;
// never reads past the text; nesting up to kMaxDepth. No allocation but by unquote() and quote().
#pragma once

#include <gomodel/json_scan.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gomodel::json {

namespace detail {

inline std::uint32_t hex4(std::string_view digits) {
    std::uint32_t value = 0;
    std::from_chars(digits.data(), digits.data() + 4, value, 16);
    return value;
}

inline void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

// Decodes the \uXXXX that `rest` begins with, and the low surrogate that completes it if there is
// one. Half a pair becomes U+FFFD. Returns how many bytes it took.
inline std::size_t append_unicode_escape(std::string& out, std::string_view rest) {
    constexpr std::uint32_t kReplacement = 0xFFFD;
    const std::uint32_t high = hex4(rest.substr(2, 4));
    if (high < 0xD800 || high > 0xDFFF) {
        append_utf8(out, high);
        return 6;
    }
    if (high < 0xDC00 && rest.size() >= 12 && rest[6] == '\\' && rest[7] == 'u') {
        const std::uint32_t low = hex4(rest.substr(8, 4));
        if (low >= 0xDC00 && low <= 0xDFFF) {
            append_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            return 12;
        }
    }
    append_utf8(out, kReplacement);
    return 6;
}

}  // namespace detail

// The text of a JSON string given with its quotes; nullopt when `raw` is not one.
inline std::optional<std::string> unquote(std::string_view raw) {
    detail::Scanner scanner(raw);
    if (!scanner.skip_string() || !scanner.at_end()) return std::nullopt;
    raw = raw.substr(1, raw.size() - 2);
    std::string text;
    text.reserve(raw.size());
    while (!raw.empty()) {
        const std::size_t escape = raw.find('\\');
        text.append(raw.substr(0, escape));
        if (escape == std::string_view::npos) break;
        raw.remove_prefix(escape);
        std::size_t taken = 2;
        switch (raw[1]) {
            case 'b':
                text += '\b';
                break;
            case 'f':
                text += '\f';
                break;
            case 'n':
                text += '\n';
                break;
            case 'r':
                text += '\r';
                break;
            case 't':
                text += '\t';
                break;
            case 'u':
                taken = detail::append_unicode_escape(text, raw);
                break;
            default:
                text += raw[1];
        }
        raw.remove_prefix(taken);
    }
    return text;
}

// Appends `text` as a JSON string. Bytes from 0x80 on go through as they are.
inline void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    const char* const end = text.data() + text.size();
    for (const char* at = text.data();; ++at) {
        const char* const special = detail::plain_end(at, end);
        out.append(at, static_cast<std::size_t>(special - at));
        at = special;
        if (at == end) break;
        const auto byte = static_cast<unsigned char>(*at);
        if (*at == '"' || *at == '\\') {
            out += '\\';
            out += *at;
        } else if (*at == '\n') {
            out += "\\n";
        } else {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    out += '"';
}

inline std::string quote(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

// The value of a JSON number; nullopt when `raw` is not one, or too large.
inline std::optional<double> number(std::string_view raw) {
    detail::Scanner scanner(raw);
    if (raw.empty() || (raw[0] != '-' && (raw[0] < '0' || raw[0] > '9'))) return std::nullopt;
    if (!scanner.skip_value() || !scanner.at_end()) return std::nullopt;
    double value = 0;
    const auto [stop, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error != std::errc() || stop != raw.data() + raw.size()) return std::nullopt;
    return value;
}

// True iff `text` is one JSON value.
inline bool valid(std::string_view text) {
    detail::Scanner scanner(text);
    if (!scanner.skip_value()) return false;
    scanner.skip_space();
    return scanner.at_end();
}

// A member of an object, as slices of its text.
struct Member {
    std::string_view name;   // with its quotes
    std::string_view value;  // any JSON value

    // True iff the member's name is `text`, however it was escaped.
    bool is(std::string_view text) const {
        const std::string_view inside = name.substr(1, name.size() - 2);
        if (inside.find('\\') == std::string_view::npos) return inside == text;
        return unquote(name) == text;
    }
};

namespace detail {

// What Object and Array share: one bracketed list, read element by element.
class List {
public:
    // True iff the text was one whole list and nothing else. Meaningful once next() has given
    // nullopt.
    bool ok() const { return ok_; }

protected:
    List(std::string_view text, char open, char close) : scanner_(text), close_(close) {
        scanner_.skip_space();
        if (!scanner_.take(open)) done_ = true;
    }

    // Moves to where the next element begins; false at the end and at malformed text.
    bool advance() {
        if (done_) return false;
        scanner_.skip_space();
        if (scanner_.take(close_)) {
            scanner_.skip_space();
            ok_ = scanner_.at_end();
            done_ = true;
            return false;
        }
        if (!first_ && !scanner_.take(',')) done_ = true;
        first_ = false;
        scanner_.skip_space();
        return !done_;
    }

    std::optional<std::string_view> value() {
        scanner_.skip_space();
        const char* const first = scanner_.position();
        if (!scanner_.skip_value()) {
            done_ = true;
            return std::nullopt;
        }
        return std::string_view(first, static_cast<std::size_t>(scanner_.position() - first));
    }

    Scanner scanner_;
    char close_;
    bool first_ = true;
    bool done_ = false;
    bool ok_ = false;
};

}  // namespace detail

// Reads an object member by member, in the order of the text, duplicates included.
class Object : private detail::List {
public:
    explicit Object(std::string_view text) : List(text, '{', '}') {}

    using List::ok;

    // The next member; nullopt when there is none, or the text is malformed: see ok().
    std::optional<Member> next() {
        if (!advance()) return std::nullopt;
        const char* const first = scanner_.position();
        if (!scanner_.skip_string()) {
            done_ = true;
            return std::nullopt;
        }
        const std::string_view name(first, static_cast<std::size_t>(scanner_.position() - first));
        scanner_.skip_space();
        if (!scanner_.take(':')) {
            done_ = true;
            return std::nullopt;
        }
        const auto slice = value();
        if (!slice) return std::nullopt;
        return Member{name, *slice};
    }
};

// Reads an array element by element.
class Array : private detail::List {
public:
    explicit Array(std::string_view text) : List(text, '[', ']') {}

    using List::ok;

    // The next element; nullopt when there is none, or the text is malformed: see ok().
    std::optional<std::string_view> next() {
        if (!advance()) return std::nullopt;
        return value();
    }
};

// The value of the member `name`, the last one if it is there several times. Nullopt when there is
// none or `object` is malformed.
inline std::optional<std::string_view> find(std::string_view object, std::string_view name) {
    Object members(object);
    std::optional<std::string_view> found;
    while (const auto member = members.next()) {
        if (member->is(name)) found = member->value;
    }
    return members.ok() ? found : std::nullopt;
}

}  // namespace gomodel::json
