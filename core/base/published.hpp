// The current version of an immutable value that many threads read and one replaces: a generation,
// a model catalogue. A reader keeps what it was given for as long as it likes.
//
// A mutex and not std::atomic<std::shared_ptr>: libstdc++ 12's is reported as a race by
// ThreadSanitizer (google/sanitizers#1558). The lock is held for one reference count.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace gomodel::base {

template <typename T>
class Published {
public:
    Published() = default;
    explicit Published(std::shared_ptr<const T> first) : current_(std::move(first)) {}

    // The version now current; null before the first publish(). Any thread.
    std::shared_ptr<const T> get() const {
        const std::lock_guard lock(mutex_);
        return current_;
    }

    // Makes `next` current and returns what it replaced. Any thread.
    std::shared_ptr<const T> publish(std::shared_ptr<const T> next) {
        const std::lock_guard lock(mutex_);
        std::swap(current_, next);
        return next;
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const T> current_;
};

}  // namespace gomodel::base
