#include "sql/mend.hpp"

#include <gomodel/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

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

// How many bytes from the first on are sound. Eight are looked at together: none is beyond ASCII,
// none is NUL.
std::size_t sound_run(std::string_view text) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHigh = 0x8080808080808080;
    std::size_t i = 0;
    while (i < text.size()) {
        std::uint64_t bytes = 0;
        if (text.size() - i >= sizeof bytes) {
            std::memcpy(&bytes, text.data() + i, sizeof bytes);
            if (((bytes | (bytes - kOnes)) & kHigh) == 0) {
                i += sizeof bytes;
                continue;
            }
        }
        const std::size_t length = text[i] == '\0' ? 0 : sequence(text, i);
        if (length == 0) break;
        i += length;
    }
    return i;
}

// One too large or too small for a double, which PostgreSQL may refuse, is kept as a string.
bool sound_number(std::string_view digits) {
    const bool few =
        digits.size() <= 15 && digits.find_first_not_of("0123456789") == std::string_view::npos;
    return few || gomodel::json::number(digits).has_value();
}

struct Quoted {
    std::string_view text;        // quotes and all
    bool unicode_escape = false;  // only these may stand for NUL or for half a character
};

// The string that `json` begins with.
Quoted read_quoted(std::string_view json) {
    Quoted quoted;
    const char* const end = json.data() + json.size();
    const char* at = json.data() + 1;
    while ((at = gomodel::json::detail::plain_end(at, end)) != end && *at != '"') {
        if (*at == '\\' && ++at != end) quoted.unicode_escape |= *at == 'u';
        if (at != end) ++at;
    }
    const std::size_t inside = static_cast<std::size_t>(at - json.data());
    quoted.text = json.substr(0, inside + 1);
    return quoted;
}

// Appends a string that has to be mended.
void append_mended(std::string& out, const Quoted& quoted) {
    if (!quoted.unicode_escape) {
        out += mend(quoted.text);
        return;
    }
    // Reading mends lone surrogates; what is left to mend is NUL.
    const auto plain = gomodel::json::unquote(quoted.text);
    gomodel::json::append_quoted(out, mend(plain.value_or(std::string())));
}

}  // namespace

std::string mend(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (;;) {
        const std::size_t sound = sound_run(text);
        out += text.substr(0, sound);
        if (sound == text.size()) return out;
        out += kReplacement;
        text.remove_prefix(sound + 1);
    }
}

std::string mend_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    std::size_t kept = 0;  // what is from here on has not been copied yet
    for (std::size_t i = 0; i < json.size();) {
        const std::size_t begin = i;
        const char c = json[i];
        if (c == '"') {
            const Quoted quoted = read_quoted(json.substr(i));
            i += quoted.text.size();
            if (!quoted.unicode_escape && sound_run(quoted.text) == quoted.text.size()) continue;
            out += json.substr(kept, begin - kept);
            append_mended(out, quoted);
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            i = std::min(json.find_first_not_of("0123456789+-.eE", i), json.size());
            const std::string_view digits = json.substr(begin, i - begin);
            if (sound_number(digits)) continue;
            out += json.substr(kept, begin - kept);
            gomodel::json::append_quoted(out, digits);
        } else {
            ++i;
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') continue;
            out += json.substr(kept, begin - kept);
        }
        kept = i;
    }
    return out += json.substr(kept);
}

}  // namespace sql
