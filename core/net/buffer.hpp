// A growable run of bytes that is filled at the end and emptied at the front, with room behind the
// end so that SIMD parsers may read past it. Holds no memory while it is empty and released.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "net/block_pool.hpp"

namespace gomodel::net {

class Buffer {
public:
    static constexpr std::size_t kSlack = 64;  // readable bytes behind data()+size()

    Buffer() = default;
    ~Buffer() {
        if (bytes_ != nullptr) BlockPool::give(bytes_, capacity_ + kSlack);
    }
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        Buffer taken(std::move(other));
        swap(taken);
        return *this;
    }

    const char* data() const { return bytes_ + begin_; }
    char* data() { return bytes_ + begin_; }
    std::size_t size() const { return end_ - begin_; }
    bool empty() const { return begin_ == end_; }
    std::string_view view() const { return {data(), size()}; }
    std::size_t capacity() const { return capacity_; }

    // At least `n` writable bytes at the end. Invalidates views.
    char* prepare(std::size_t n) {
        if (capacity_ - end_ < n) make_room(n);
        return bytes_ + end_;
    }
    std::size_t writable() const { return capacity_ - end_; }
    // The first `n` bytes of what prepare() gave are now part of the run.
    void commit(std::size_t n) { end_ += n; }

    void append(std::string_view text) {
        if (text.empty()) return;
        std::memcpy(prepare(text.size()), text.data(), text.size());
        commit(text.size());
    }

    // Room for `size` bytes, with `front` more before them for insertions near the start.
    // REQUIRES: empty().
    void reserve(std::size_t size, std::size_t front) {
        clear();
        prepare(front + size);
        begin_ = end_ = front;
    }

    // Replaces `length` bytes at `offset` by `text`, moving whichever side is shorter and has room.
    void replace(std::size_t offset, std::size_t length, std::string_view text) {
        const std::size_t behind = size() - offset - length;
        const bool front_has_room = text.size() <= length + begin_;
        if (front_has_room && offset <= behind) {
            char* const old = data();
            begin_ = begin_ + length - text.size();
            std::memmove(data(), old, offset);
        } else {
            if (text.size() > length) prepare(text.size() - length);
            std::memmove(data() + offset + text.size(), data() + offset + length, behind);
            end_ = end_ + text.size() - length;
        }
        if (!text.empty()) std::memcpy(data() + offset, text.data(), text.size());
    }

    // Drops `n` bytes from the front. Views of the rest stay valid.
    void consume(std::size_t n) {
        begin_ += n;
        if (begin_ == end_) begin_ = end_ = 0;
    }
    void clear() { begin_ = end_ = 0; }
    void release() { Buffer().swap(*this); }

    void swap(Buffer& other) noexcept {
        std::swap(bytes_, other.bytes_);
        std::swap(capacity_, other.capacity_);
        std::swap(begin_, other.begin_);
        std::swap(end_, other.end_);
    }

private:
    void make_room(std::size_t n) {
        const std::size_t used = size();
        if (capacity_ >= used + n && begin_ >= capacity_ / 2) {
            std::memmove(bytes_, data(), used);
        } else {
            std::size_t grown = capacity_ == 0 ? n : capacity_ + capacity_ / 2;
            if (grown < used + n) grown = used + n;
            Buffer larger;
            larger.bytes_ = static_cast<char*>(BlockPool::take(grown + kSlack));
            larger.capacity_ = grown;
            if (used != 0) std::memcpy(larger.bytes_, data(), used);
            swap(larger);
        }
        begin_ = 0;
        end_ = used;
    }

    char* bytes_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace gomodel::net
