// How entries get from the loops to the recorder's thread: a stack that loops push onto without
// locks and the thread empties as a whole. Memory and an eventfd, no more.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "record/entry.hpp"

namespace gomodel::record {

class EntryQueue {
public:
    EntryQueue();
    ~EntryQueue();
    EntryQueue(const EntryQueue&) = delete;
    EntryQueue& operator=(const EntryQueue&) = delete;

    // Never blocks. Any thread.
    void push(std::unique_ptr<Entry> entry);
    // Everything pushed so far; what one thread pushed in its order. One thread.
    std::vector<std::unique_ptr<Entry>> take_all();
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
