#include "record/entry_queue.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace gomodel::record {

EntryList::EntryList(EntryList&& other) noexcept
    : first_(std::exchange(other.first_, nullptr)),
      last_(std::exchange(other.last_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

EntryList::~EntryList() {
    while (pop_front() != nullptr) {
    }
}

void EntryList::push_front(std::unique_ptr<Entry> entry) {
    entry->next = first_;
    first_ = entry.release();
    if (last_ == nullptr) last_ = first_;
    ++size_;
}

void EntryList::push_back(std::unique_ptr<Entry> entry) {
    Entry* const added = entry.release();
    added->next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = added;
    last_ = added;
    ++size_;
}

void EntryList::append(EntryList other) {
    if (other.empty()) return;
    (last_ == nullptr ? first_ : last_->next) = std::exchange(other.first_, nullptr);
    last_ = std::exchange(other.last_, nullptr);
    size_ += std::exchange(other.size_, 0);
}

std::unique_ptr<Entry> EntryList::pop_front() {
    std::unique_ptr<Entry> entry(first_);
    if (entry == nullptr) return entry;
    first_ = std::exchange(entry->next, nullptr);
    if (first_ == nullptr) last_ = nullptr;
    --size_;
    return entry;
}

EntryQueue::EntryQueue() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

EntryQueue::~EntryQueue() {
    take_all();
    ::close(event_);
}

void EntryQueue::push(std::unique_ptr<Entry> entry) {
    depth_.fetch_add(1, std::memory_order_relaxed);
    Entry* const pushed = entry.release();
    Entry* below = newest_.load(std::memory_order_relaxed);
    do {
        pushed->next = below;
    } while (!newest_.compare_exchange_weak(below, pushed, std::memory_order_release,
                                            std::memory_order_relaxed));
    // Whoever finds something below it knows that the thread has been woken for that.
    if (below == nullptr) wake();
}

void EntryQueue::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(event_, &one, sizeof one);
}

EntryList EntryQueue::take_all() {
    EntryList entries;
    Entry* at = newest_.exchange(nullptr, std::memory_order_acquire);
    while (at != nullptr) {
        Entry* const older = at->next;
        entries.push_front(std::unique_ptr<Entry>(at));
        at = older;
    }
    depth_.fetch_sub(entries.size(), std::memory_order_relaxed);
    return entries;
}

void EntryQueue::wait(base::Duration limit) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
    pollfd ready{event_, POLLIN, 0};
    ::poll(&ready, 1, static_cast<int>(milliseconds));
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(event_, &count, sizeof count);
}

}  // namespace gomodel::record
