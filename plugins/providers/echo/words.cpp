#include "words.hpp"

namespace echo {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

}  // namespace

std::size_t count_words(std::string_view text) {
    std::size_t words = 0;
    for (;;) {
        const std::size_t start = text.find_first_not_of(kSpace);
        if (start == std::string_view::npos) return words;
        ++words;
        text.remove_prefix(start);
        const std::size_t end = text.find_first_of(kSpace);
        if (end == std::string_view::npos) return words;
        text.remove_prefix(end);
    }
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        const std::size_t start = text.find_first_not_of(kSpace);
        std::size_t end =
            start == std::string_view::npos ? start : text.find_first_of(kSpace, start);
        if (text.find_first_not_of(kSpace, end) == std::string_view::npos) end = text.size();
        pieces.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return pieces;
}

std::uint64_t hash(std::string_view text, std::uint64_t seed) {
    std::uint64_t value = 14695981039346656037u ^ seed;
    for (const char c : text) {
        value ^= static_cast<unsigned char>(c);
        value *= 1099511628211u;
    }
    return value;
}

std::string hex(std::uint64_t value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[text.size() - 1 - i] = kDigits[value >> 4 * i & 15];
    }
    return text;
}

}  // namespace echo
