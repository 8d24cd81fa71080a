#include "base/utf8.hpp"

#include <simdjson.h>

#include <cstdint>
#include <cstring>

namespace gomodel::base {

std::size_t utf8_sequence(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const unsigned char second = byte(1);
    if (lead == 0xe0 && second < 0xa0) return 0;  // overlong
    if (lead == 0xed && second > 0x9f) return 0;  // surrogate
    if (lead == 0xf0 && second < 0x90) return 0;  // overlong
    if (lead == 0xf4 && second > 0x8f) return 0;  // past U+10FFFF
    return length;
}

namespace {

// How many bytes from the first on are well-formed.
std::size_t utf8_run(std::string_view text) {
    constexpr std::uint64_t kHigh = 0x8080808080808080;
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t bytes = 0;
        if (text.size() - at >= sizeof bytes) {
            std::memcpy(&bytes, text.data() + at, sizeof bytes);
            if ((bytes & kHigh) == 0) {
                at += sizeof bytes;
                continue;
            }
        }
        const std::size_t length = utf8_sequence(text, at);
        if (length == 0) break;
        at += length;
    }
    return at;
}

}  // namespace

bool is_utf8(std::string_view text) {
    constexpr std::size_t kShort = 64;  // for which being quick is not worth being called for
    return text.size() < kShort ? utf8_run(text) == text.size()
                                : simdjson::validate_utf8(text.data(), text.size());
}

std::string replace_invalid_utf8(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (;;) {
        const std::size_t good = utf8_run(text);
        result.append(text, 0, good);
        if (good == text.size()) return result;
        result += "\xEF\xBF\xBD";
        text.remove_prefix(good + 1);
    }
}

}  // namespace gomodel::base
