#include "dialect/member_scanner.hpp"

#include <cstring>

#include "base/text.hpp"

namespace gomodel::dialect {
namespace {

constexpr std::size_t kMaxKey = 64;

constexpr std::array<bool, 256> make_structural() {
    std::array<bool, 256> table{};
    for (const char c : {'"', '{', '}', '[', ']', ',', ':'}) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}
constexpr std::array<bool, 256> kStructural = make_structural();

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

std::string_view MemberScanner::value(std::size_t index) const {
    return complete_[index] ? base::trim(values_[index]) : std::string_view();
}

void MemberScanner::feed(std::string_view bytes) {
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    kept_from_ = at;
    while (at != end && state_ != State::kBroken) {
        at = in_string_ ? in_string(at, end) : outside(at, end);
    }
    if (keeping_ != kNone) keep(kept_from_, end);
}

// Inside a string: up to and including its closing quote.
const char* MemberScanner::in_string(const char* at, const char* end) {
    const char* const start = at;
    for (;;) {
        const auto* quote =
            static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        const char* const stop = quote == nullptr ? end : quote;
        std::size_t backslashes = 0;
        while (stop - backslashes > start && *(stop - backslashes - 1) == '\\')
            ++backslashes;
        const bool reaches_back = stop - backslashes == start && escaped_;
        const bool odd = (backslashes + (reaches_back ? 1 : 0)) % 2 != 0;
        if (in_key_ && key_.size() < kMaxKey) key_.append(at, stop);
        if (quote == nullptr) {
            escaped_ = odd;
            return end;
        }
        at = quote + 1;
        if (!odd) break;
    }
    in_string_ = false;
    escaped_ = false;
    in_key_ = false;
    return at;
}

const char* MemberScanner::outside(const char* at, const char* end) {
    if (state_ != State::kInside) {
        if (state_ == State::kBefore && *at == '{') {
            state_ = State::kInside;
            depth_ = 1;
            expect_key_ = watched_ == 1;
        } else if (!is_space(*at)) {
            state_ = State::kBroken;
        }
        return at + 1;
    }
    while (at != end && !kStructural[static_cast<unsigned char>(*at)])
        ++at;
    if (at == end) return end;
    structural(*at, at);
    return at + 1;
}

void MemberScanner::structural(char c, const char* at) {
    switch (c) {
        case '"':
            in_string_ = true;
            in_key_ = depth_ == watched_ && expect_key_;
            if (in_key_) key_.clear();
            break;
        case '{':
        case '[':
            if (++depth_ == watched_) expect_key_ = true;
            break;
        case '}':
        case ']':
            if (depth_ == watched_) end_value(at);
            if (--depth_ == 0) state_ = c == '}' ? State::kAfter : State::kBroken;
            break;
        case ',':
            if (depth_ == watched_) end_value(at);
            break;
        default:  // ':'
            if (depth_ == watched_ && expect_key_) begin_value(at + 1);
            break;
    }
}

void MemberScanner::begin_value(const char* at) {
    expect_key_ = false;
    for (std::size_t i = 0; i < kMembers; ++i) {
        if (key_ != names_[i]) continue;
        keeping_ = static_cast<int>(i);
        kept_from_ = at;
        values_[i].clear();
        complete_[i] = false;
    }
}

void MemberScanner::end_value(const char* at) {
    expect_key_ = true;
    if (keeping_ == kNone) return;
    const auto index = static_cast<std::size_t>(keeping_);
    keep(kept_from_, at);
    complete_[index] = values_[index].size() <= kMaxValue;
    keeping_ = kNone;
}

void MemberScanner::keep(const char* from, const char* to) {
    std::string& value = values_[static_cast<std::size_t>(keeping_)];
    if (value.size() <= kMaxValue) value.append(from, to);
}

}  // namespace gomodel::dialect
