#include "sql/mend.hpp"

#include <gomodel/json.hpp>

#include <algorithm>

namespace sql {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

unsigned at(std::string_view text, std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

// The length of the sequence that starts at text[i]; 0: ill-formed (RFC 3629, section 4).
std::size_t sequence(std::string_view text, std::size_t i) {
    const auto between = [&](std::size_t k, unsigned low, unsigned high) {
        return at(text, i + k) >= low && at(text, i + k) <= high;
    };
    const unsigned lead = at(text, i);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    if (lead < 0xE0) return between(1, 0x80, 0xBF) ? 2 : 0;
    const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (!between(1, low, high) || !between(2, 0x80, 0xBF)) return 0;
    if (lead < 0xF0) return 3;
    return between(3, 0x80, 0xBF) ? 4 : 0;
}

// Appends the number that `rest` begins with and returns its length. One too large or too small for
// a double, which PostgreSQL may refuse, is kept as a string.
std::size_t append_number(std::string& out, std::string_view rest) {
    const std::string_view digits =
        rest.substr(0, std::min(rest.find_first_not_of("0123456789+-.eE"), rest.size()));
    if (gomodel::json::number(digits)) {
        out += digits;
    } else {
        gomodel::json::append_quoted(out, digits);
    }
    return digits.size();
}

}  // namespace

std::string mend(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = text[i] == '\0' ? 0 : sequence(text, i);
        out += length == 0 ? kReplacement : text.substr(i, length);
        i += std::max<std::size_t>(length, 1);
    }
    return out;
}

std::string mend_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t i = 0; i < json.size();) {
        if (json[i] == '-' || (json[i] >= '0' && json[i] <= '9')) {
            i += append_number(out, json.substr(i));
            continue;
        }
        if (json[i] != '"') {
            out += json[i++];
            continue;
        }
        std::size_t end = i + 1;
        bool escapes = false;
        for (; end < json.size() && json[end] != '"'; ++end) {
            if (json[end] != '\\') continue;
            escapes = true;
            ++end;
        }
        const std::string_view quoted = json.substr(i, end + 1 - i);
        if (escapes) {
            // Reading mends lone surrogates; what is left to mend is NUL.
            const auto plain = gomodel::json::unquote(quoted);
            gomodel::json::append_quoted(out, mend(plain.value_or(std::string())));
        } else {
            out += mend(quoted);
        }
        i = end + 1;
    }
    return out;
}

}  // namespace sql
