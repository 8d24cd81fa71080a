// A few threads for what may block: DNS, plugin calls that own I/O. A loop hands work over, its
// coroutine sleeps meanwhile. The pool grows with demand up to its limit and never shrinks.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "net/loop.hpp"

namespace gomodel::net {

class WorkerPool {
public:
    explicit WorkerPool(std::size_t max_threads) : max_threads_(max_threads) {}
    // Finishes what was submitted, then joins.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Runs `work` on a worker thread. Throws if there is none and none can be started. Any thread.
    void submit(std::function<void()> work);

private:
    void add_thread();
    void work();

    const std::size_t max_threads_;
    std::mutex mutex_;
    std::condition_variable available_;
    std::deque<std::function<void()>> queue_;
    std::vector<std::thread> threads_;
    std::size_t idle_ = 0;
    bool stop_ = false;
};

// co_await OnWorker(pool, loop, [..] {...}): runs the function on a worker and resumes on the loop
// when it has returned, cancelled or not: what the function uses must outlive it.
class OnWorker {
public:
    OnWorker(WorkerPool& pool, Loop& loop, std::function<void()> work)
        : pool_(pool), loop_(loop), work_(std::move(work)) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
        pool_.submit([this, handle] {
            work_();
            loop_.post([handle] { handle.resume(); });
        });
    }
    void await_resume() const {}

private:
    WorkerPool& pool_;
    Loop& loop_;
    std::function<void()> work_;
};

}  // namespace gomodel::net
