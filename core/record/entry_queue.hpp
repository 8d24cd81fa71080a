// How entries get from the loops to the recorder's thread: a stack that loops push onto without
// locks and the thread empties as a whole. Memory and an eventfd, no more; nothing here needs more
// memory than the entries have, so that none is lost when there is no more.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/clock.hpp"
#include "record/entry.hpp"

namespace gomodel::record {

// Entries in order, linked by their own `next`. Owns them. One thread.
class EntryList {
public:
    EntryList() = default;
    EntryList(EntryList&& other) noexcept;
    EntryList& operator=(EntryList&&) = delete;
    ~EntryList();

    bool empty() const { return first_ == nullptr; }
    std::size_t size() const { return size_; }
    void push_front(std::unique_ptr<Entry> entry);
    void push_back(std::unique_ptr<Entry> entry);
    // Moves what another has to the end.
    void append(EntryList other);
    std::unique_ptr<Entry> pop_front();  // nullptr: it is empty

private:
    Entry* first_ = nullptr;
    Entry* last_ = nullptr;
    std::size_t size_ = 0;
};

class EntryQueue {
public:
    EntryQueue();
    ~EntryQueue();
    EntryQueue(const EntryQueue&) = delete;
    EntryQueue& operator=(const EntryQueue&) = delete;

    // Never blocks. Any thread.
    void push(std::unique_ptr<Entry> entry);
    // Everything pushed so far; what one thread pushed in its order. One thread.
    EntryList take_all();
    // Until something is pushed, wake() was called, or the time is over. One thread.
    void wait(base::Duration limit);
    void wake();  // any thread
    // How many wait. Any thread.
    std::uint64_t depth() const { return depth_.load(std::memory_order_relaxed); }

private:
    std::atomic<Entry*> newest_ = nullptr;
    std::atomic<std::uint64_t> depth_ = 0;
    const int event_;
};

}  // namespace gomodel::record
