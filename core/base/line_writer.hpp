// Text built piece by piece where it is short-lived and made for every request: a log line. On the
// stack up to kFixed bytes, beyond that on the heap.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace gomodel::base {

class LineWriter {
public:
    static constexpr std::size_t kFixed = 2048;

    LineWriter() = default;
    LineWriter(const LineWriter&) = delete;
    LineWriter& operator=(const LineWriter&) = delete;

    void append(std::string_view text) {
        if (text.empty()) return;
        std::memcpy(room(text.size()), text.data(), text.size());
        at_ += text.size();
    }
    std::string_view view() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

    // At least `size` writable bytes at the end; advance() makes them part of the text.
    char* room(std::size_t size) {
        if (static_cast<std::size_t>(end_ - at_) < size) grow(size);
        return at_;
    }
    void advance(char* to) { at_ = to; }

private:
    [[gnu::noinline]] void grow(std::size_t size) {
        const std::size_t used = view().size();
        std::string larger(2 * used + size, '\0');
        std::memcpy(larger.data(), begin_, used);
        heap_ = std::move(larger);
        begin_ = heap_.data();
        at_ = begin_ + used;
        end_ = begin_ + heap_.size();
    }

    char fixed_[kFixed];
    std::string heap_;
    char* begin_ = fixed_;
    char* at_ = fixed_;
    char* end_ = fixed_ + kFixed;
};

}  // namespace gomodel::base
