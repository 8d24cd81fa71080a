#include "config/text_check.hpp"

#include "base/utf8.hpp"

namespace gomodel::config {

int line_of_bad_byte(std::string_view text) {
    int line = 1;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const auto byte = static_cast<unsigned char>(c);
        const bool control = (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
        const std::size_t length = control ? 0 : base::utf8_sequence(text, at);
        if (length == 0) return line;
        if (c == '\n') ++line;
        at += length;
    }
    return 0;
}

}  // namespace gomodel::config
