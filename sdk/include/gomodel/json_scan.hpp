// Moves over JSON text without loading it: the part of json.hpp that knows the grammar (RFC 8259;
// UTF-8 is not checked). Never reads past the text; nesting up to kMaxDepth; no allocation.
// Include json.hpp instead.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gomodel::json {

inline constexpr std::size_t kMaxDepth = 256;

namespace detail {

// The first of the bytes that is a quote, a backslash or a control character; `end`: none is. Eight
// are looked at together, or sixteen where the processor can, since nearly all text is neither.
inline const char* plain_end(const char* at, const char* end) {
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        __m128i bytes;
        std::memcpy(&bytes, at, sizeof bytes);
        const __m128i quoting = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                             _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        const int special = _mm_movemask_epi8(_mm_or_si128(quoting, control));
        if (special != 0) return at + std::countr_zero(static_cast<unsigned>(special));
    }
#endif
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHigh = 0x8080808080808080;
    for (std::uint64_t bytes = 0; end - at >= 8; at += 8) {
        std::memcpy(&bytes, at, sizeof bytes);
        const std::uint64_t quote = bytes ^ kOnes * '"';
        const std::uint64_t backslash = bytes ^ kOnes * '\\';
        const std::uint64_t special = ((quote - kOnes) & ~quote) |
                                      ((backslash - kOnes) & ~backslash) |
                                      ((bytes - kOnes * 0x20) & ~bytes);
        if ((special & kHigh) == 0) continue;
        // The lowest bit is that of the first such byte; borrows may have set some above it.
        if constexpr (std::endian::native == std::endian::little)
            return at + std::countr_zero(special & kHigh) / 8;
        break;
    }
    while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20)
        ++at;
    return at;
}

// What is behind the string that begins at `at`, or `end`. Its bytes are not checked.
inline const char* string_end(const char* at, const char* end) {
    for (++at; at != end; ++at) {
        at = plain_end(at, end);
        if (at == end || *at == '"') break;
        if (*at == '\\' && ++at == end) break;
    }
    return at == end ? end : at + 1;
}

// Moves over JSON text. Every function returns false, and the scan is over, at the first byte that
// does not belong there.
class Scanner {
public:
    explicit Scanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    const char* position() const { return at_; }
    bool at_end() const { return at_ == end_; }

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r'))
            ++at_;
    }

    bool take(char c) {
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }

    bool skip_string() {
        if (!take('"')) return false;
        for (;;) {
            at_ = plain_end(at_, end_);
            if (at_ == end_) return false;
            const char c = *at_++;
            if (c == '"') return true;
            if (c != '\\' || !skip_escape()) return false;
        }
    }

    // Over one value of any kind and the space before it.
    bool skip_value() {
        Nesting open;
        do {
            skip_space();
            if (at_ == end_) return false;
            const bool nests = *at_ == '{' || *at_ == '[';
            if (!(nests ? enter(open) : skip_scalar() && leave(open))) return false;
        } while (!open.empty());
        return true;
    }

    // Over `"name" :`.
    bool skip_name() {
        skip_space();
        if (!skip_string()) return false;
        skip_space();
        return take(':');
    }

private:
    // Which kinds of brackets are open, one bit each.
    class Nesting {
    public:
        bool push(bool object) {
            if (depth_ == kMaxDepth) return false;
            const std::uint64_t bit = std::uint64_t{1} << depth_ % 64;
            if (object) {
                bits_[depth_ / 64] |= bit;
            } else {
                bits_[depth_ / 64] &= ~bit;
            }
            ++depth_;
            return true;
        }
        void pop() { --depth_; }
        bool empty() const { return depth_ == 0; }
        bool in_object() const { return (bits_[(depth_ - 1) / 64] >> (depth_ - 1) % 64 & 1) != 0; }

    private:
        std::array<std::uint64_t, kMaxDepth / 64> bits_{};
        std::size_t depth_ = 0;
    };

    // Into an object or array, to where its first value begins; over it when it is empty.
    bool enter(Nesting& open) {
        const bool object = *at_++ == '{';
        if (!open.push(object)) return false;
        skip_space();
        if (!take(object ? '}' : ']')) return !object || skip_name();
        open.pop();
        return leave(open);
    }

    // After a value: over the brackets that close here, to where the next value begins.
    bool leave(Nesting& open) {
        while (!open.empty()) {
            skip_space();
            if (take(',')) return !open.in_object() || skip_name();
            if (!take(open.in_object() ? '}' : ']')) return false;
            open.pop();
        }
        return true;
    }

    bool skip_escape() {
        if (at_ == end_) return false;
        const char c = *at_++;
        if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
        for (int i = 0; i < 4; ++i) {
            if (at_ == end_) return false;
            const char digit = *at_++;
            const bool hex = (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') ||
                             (digit >= 'A' && digit <= 'F');
            if (!hex) return false;
        }
        return true;
    }

    bool skip_scalar() {
        switch (*at_) {
            case '"':
                return skip_string();
            case 't':
                return skip_word("true");
            case 'f':
                return skip_word("false");
            case 'n':
                return skip_word("null");
            default:
                return skip_number();
        }
    }

    bool skip_word(std::string_view word) {
        if (static_cast<std::size_t>(end_ - at_) < word.size()) return false;
        if (std::string_view(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }

    bool skip_number() {
        take('-');
        if (!take('0') && !skip_digits()) return false;
        if (take('.') && !skip_digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            return skip_digits();
        }
        return true;
    }

    bool skip_digits() {
        const char* const first = at_;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9')
            ++at_;
        return at_ != first;
    }

    const char* at_;
    const char* end_;
};

}  // namespace detail

}  // namespace gomodel::json
