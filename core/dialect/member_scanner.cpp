#include "dialect/member_scanner.hpp"

#include <cstring>

#include "base/text.hpp"

namespace gomodel::dialect {
namespace {

constexpr std::size_t kMaxKey = 64;

enum class ByteKind : std::uint8_t { kOther, kQuote, kOpen, kClose, kComma, kColon };

constexpr std::array<ByteKind, 256> make_kinds() {
    std::array<ByteKind, 256> kinds{};
    kinds['"'] = ByteKind::kQuote;
    kinds['{'] = kinds['['] = ByteKind::kOpen;
    kinds['}'] = kinds[']'] = ByteKind::kClose;
    kinds[','] = ByteKind::kComma;
    kinds[':'] = ByteKind::kColon;
    return kinds;
}
constexpr std::array<ByteKind, 256> kKinds = make_kinds();

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
    const char* const quote = closing_quote(at, end);
    if (in_key_ && key_.size() < kMaxKey) key_.append(start, quote);
    if (quote == end) return end;
    in_string_ = false;
    in_key_ = false;
    return quote + 1;
}

// The quote that ends the string, or `end`.
const char* MemberScanner::closing_quote(const char* at, const char* end) {
    if (escaped_ && at != end) {
        escaped_ = false;
        ++at;
    }
    for (const char* const start = at; at != end;) {
        const void* const found = std::memchr(at, '"', static_cast<std::size_t>(end - at));
        const char* const stop = found == nullptr ? end : static_cast<const char*>(found);
        const char* run = stop;
        while (run != start && run[-1] == '\\')
            --run;
        const bool odd = (stop - run) % 2 != 0;
        if (found == nullptr) escaped_ = odd;
        if (found == nullptr || !odd) return stop;
        at = stop + 1;
    }
    return end;
}

const char* MemberScanner::outside(const char* at, const char* end) {
    if (state_ != State::kInside) {
        if (state_ == State::kBefore && *at == '{') {
            state_ = State::kInside;
            depth_ = 1;
            expect_key_ = watched_ == 1;
        } else if (!base::is_space(*at)) {
            state_ = State::kBroken;
        }
        return at + 1;
    }
    int depth = depth_;
    for (; at != end; ++at) {
        const ByteKind kind = kKinds[static_cast<unsigned char>(*at)];
        if (kind == ByteKind::kOther) continue;
        if (kind == ByteKind::kQuote) {
            depth_ = depth;
            begin_string();
            return at + 1;
        }
        if (kind == ByteKind::kOpen) {
            if (++depth == watched_) expect_key_ = true;
        } else if (kind == ByteKind::kClose) {
            if (depth == watched_) end_value(at);
            if (--depth != 0) continue;
            state_ = *at == '}' ? State::kAfter : State::kBroken;
            return at + 1;
        } else if (depth == watched_ && kind == ByteKind::kComma) {
            end_value(at);
        } else if (depth == watched_ && expect_key_) {
            begin_value(at + 1);
        }
    }
    depth_ = depth;
    return end;
}

void MemberScanner::begin_string() {
    in_string_ = true;
    in_key_ = depth_ == watched_ && expect_key_;
    if (in_key_) key_.clear();
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
