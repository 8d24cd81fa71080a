#include "dialect/grammar/json_cursor.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace gomodel::dialect::grammar {
namespace {

// What a value can begin with that is neither a string nor a bracket. NaN and Infinity are what
// Python writes.
bool begins_scalar(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n' || c == 'N' ||
           c == 'I';
}

bool is_scalar(std::string_view word) {
    const char first = word.front();
    if ((first >= '0' && first <= '9') || (first == '-' && word.size() > 1)) return true;
    constexpr std::array<std::string_view, 5> kWords = {"true", "false", "null", "NaN", "Infinity"};
    return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// Strings up to this length are the usual ones, and quicker searched here than by memchr().
constexpr std::ptrdiff_t kShort = 16;

// The quote that ends a string which starts at `at`, or `end`.
const char* closing_quote(const char* at, const char* end) {
    while (at != end) {
        const char* const near = at + std::min(kShort, end - at);
        for (; at != near; ++at) {
            if (*at == '"') return at;
            if (*at == '\\') break;
        }
        if (at == near) {  // a long one
            const auto rest = static_cast<std::size_t>(end - at);
            const void* const quote = std::memchr(at, '"', rest);
            if (quote == nullptr) return end;
            const char* const stop = static_cast<const char*>(quote);
            const void* const escape = std::memchr(at, '\\', static_cast<std::size_t>(stop - at));
            if (escape == nullptr) return stop;
            at = static_cast<const char*>(escape);
        }
        at += std::min<std::ptrdiff_t>(2, end - at);  // what is escaped
    }
    return end;
}

}  // namespace

std::string_view JsonCursor::string() {
    if (!expect('"')) return {};
    const char* const start = at_;
    at_ = closing_quote(at_, end_);
    if (at_ == end_) {
        fail();
        return {};
    }
    return {start, static_cast<std::size_t>(at_++ - start)};
}

std::string_view JsonCursor::string_or_skip() {
    if (peek() == '"') return string();
    skip();
    return {};
}

std::int64_t JsonCursor::index_or_skip() {
    constexpr std::size_t kDigits = 9;
    const std::string_view text = skip();
    if (text.empty() || text.size() > kDigits) return -1;
    std::int64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return -1;
        number = number * 10 + (c - '0');
    }
    return number;
}

std::string_view JsonCursor::skip() {
    const char first = peek();
    const char* const start = at_;
    if (first == '"') {
        string();
    } else if (first == '{' || first == '[') {
        skip_nested();
    } else {
        skip_scalar();
    }
    if (!ok_) return {};
    return {start, static_cast<std::size_t>(at_ - start)};
}

void JsonCursor::skip_scalar() {
    if (at_ == end_ || !begins_scalar(*at_)) {
        fail();
        return;
    }
    const char* const start = at_;
    while (at_ != end_ && is_word(*at_))
        ++at_;
    if (!is_scalar({start, static_cast<std::size_t>(at_ - start)})) fail();
}

// Of brackets only the number counts.
void JsonCursor::skip_nested() {
    int depth = 0;
    while (at_ != end_) {
        const char c = *at_++;
        if (c == '"') {
            at_ = closing_quote(at_, end_);
            if (at_ == end_) break;
            ++at_;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (--depth == 0) return;
        }
    }
    fail();
}

bool says_nothing(std::string_view value) {
    return value.empty() || value == "null" || value == "\"\"" || value == "[]" || value == "{}" ||
           value == "false";
}

}  // namespace gomodel::dialect::grammar
