#include "dialect/grammar/json_watch.hpp"

#include <charconv>

#include "base/text.hpp"
#include "dialect/grammar/json_cursor.hpp"

namespace gomodel::dialect::grammar {
namespace {

constexpr char kOther = 'x';  // any character that JSON gives no meaning

// Takes the character that an escape stands for off the front of `text`, which begins behind the
// backslash.
char unescaped(std::string_view& text) {
    constexpr std::size_t kDigits = 4;
    const char c = text.front();
    text.remove_prefix(1);
    if (c == 'n') return '\n';
    if (c == 'r') return '\r';
    if (c == 't') return '\t';
    if (c != 'u') return c == 'b' || c == 'f' ? kOther : c;
    const std::string_view digits = text.substr(0, kDigits);
    text.remove_prefix(digits.size());
    unsigned code = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    constexpr unsigned kAscii = 0x80;
    return code < kAscii ? static_cast<char>(code) : kOther;
}

}  // namespace

void JsonWatch::feed(std::string_view escaped) {
    while (!escaped.empty()) {
        char c = escaped.front();
        escaped.remove_prefix(1);
        if (c == '\\' && !escaped.empty()) c = unescaped(escaped);
        take(c);
    }
}

bool JsonWatch::whole() const {
    if (state_ == State::kDeep) return true;
    return depth_ == 0 && (state_ == State::kAfter || state_ == State::kWord);
}

void JsonWatch::take(char c) {
    if (state_ == State::kString || state_ == State::kEscape) return take_in_string(c);
    if (state_ == State::kWord) {
        if (is_word(c)) return;
        state_ = State::kAfter;
    }
    if (base::is_space(c)) return;
    switch (state_) {
        case State::kValue:
            return begin_value(c);
        case State::kFirstElement:
            return c == ']' ? close(false) : begin_value(c);
        case State::kFirstKey:
            if (c == '}') return close(true);
            [[fallthrough]];
        case State::kKey:
            is_key_ = c == '"';
            state_ = is_key_ ? State::kString : State::kBroken;
            return;
        case State::kColon:
            state_ = c == ':' ? State::kValue : State::kBroken;
            return;
        case State::kAfter:
            if (c == ',' && depth_ > 0) {
                state_ = in_object() ? State::kKey : State::kValue;
            } else if (c == '}' || c == ']') {
                close(c == '}');
            } else {
                state_ = State::kBroken;
            }
            return;
        default:
            return;
    }
}

void JsonWatch::take_in_string(char c) {
    if (state_ == State::kEscape) {
        state_ = State::kString;
    } else if (c == '\\') {
        state_ = State::kEscape;
    } else if (c == '"') {
        state_ = is_key_ ? State::kColon : State::kAfter;
        is_key_ = false;
    }
}

void JsonWatch::begin_value(char c) {
    if (c == '{' || c == '[') return open(c == '{');
    if (c == '"') {
        state_ = State::kString;
    } else {
        const bool word = (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n';
        state_ = word ? State::kWord : State::kBroken;
    }
}

void JsonWatch::open(bool object) {
    if (depth_ == kMaxDepth) {
        state_ = State::kDeep;
        return;
    }
    const std::uint64_t bit = std::uint64_t{1} << depth_;
    objects_ = object ? objects_ | bit : objects_ & ~bit;
    ++depth_;
    state_ = object ? State::kFirstKey : State::kFirstElement;
}

void JsonWatch::close(bool object) {
    if (depth_ == 0 || in_object() != object) {
        state_ = State::kBroken;
        return;
    }
    --depth_;
    state_ = State::kAfter;
}

}  // namespace gomodel::dialect::grammar
