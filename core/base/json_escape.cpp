#include "base/json_escape.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace gomodel::base {
namespace {

// Bytes that stand for themselves. Those of longer sequences are looked at.
constexpr std::array<bool, 256> make_plain() {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x20; c < 0x80; ++c)
        plain[c] = c != '"' && c != '\\';
    return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

// True iff eight bytes are plain; looked at together, since nearly all text is.
bool all_plain(std::uint64_t bytes) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHigh = 0x8080808080808080;
    const std::uint64_t quote = bytes ^ kOnes * '"';
    const std::uint64_t backslash = bytes ^ kOnes * '\\';
    // The high bit of a byte: it is >= 0x80, below 0x20, a quote, a backslash.
    const std::uint64_t special =
        bytes | (bytes - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes);
    return (special & kHigh) == 0;
}

char* write_escape(char* to, unsigned char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
        case '"':
            return put(to, "\\\"");
        case '\\':
            return put(to, "\\\\");
        case '\n':
            return put(to, "\\n");
        case '\t':
            return put(to, "\\t");
        case '\r':
            return put(to, "\\r");
        default:
            break;
    }
    if (c >= 0x80) return put(to, "\xEF\xBF\xBD");
    to = put(to, "\\u00");
    *to++ = kHex[c >> 4];
    *to++ = kHex[c & 0xf];
    return to;
}

}  // namespace

char* write_json_escaped(char* to, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        std::uint64_t bytes = 0;
        if (text.size() - at >= sizeof bytes) {
            std::memcpy(&bytes, text.data() + at, sizeof bytes);
            if (all_plain(bytes)) {
                std::memcpy(to, &bytes, sizeof bytes);
                to += sizeof bytes;
                at += sizeof bytes;
                continue;
            }
        }
        const auto c = static_cast<unsigned char>(text[at]);
        if (kPlain[c]) {
            *to++ = text[at++];
            continue;
        }
        const std::size_t length = c < 0x80 ? 0 : utf8_sequence(text, at);
        to = length == 0 ? write_escape(to, c) : put(to, text.substr(at, length));
        at += length == 0 ? 1 : length;
    }
    return to;
}

void append_json_escaped(std::string& out, std::string_view text) {
    const std::size_t before = out.size();
    out.resize(before + kMaxEscape * text.size());
    const char* const end = write_json_escaped(out.data() + before, text);
    out.resize(static_cast<std::size_t>(end - out.data()));
}

}  // namespace gomodel::base
