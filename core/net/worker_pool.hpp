// A few threads for what may block: DNS, plugin calls that own I/O. A loop hands work over, its
// coroutine sleeps meanwhile. The pool grows with demand up to its limit and never shrinks.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <exception>
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
// when it has returned, cancelled or not: what the function uses must outlive it. Throws what the
// function threw.
class OnWorker {
public:
    OnWorker(WorkerPool& pool, Loop& loop, std::function<void()> work)
        : pool_(pool), loop_(loop), work_(std::move(work)) {}
    OnWorker(const OnWorker&) = delete;
    OnWorker& operator=(const OnWorker&) = delete;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
        resumption_.handle = handle;
        pool_.submit([this] { run(); });
    }
    void await_resume() const {
        if (failure_ != nullptr) std::rethrow_exception(failure_);
    }

private:
    void run() {
        try {
            work_();
        } catch (...) {
            failure_ = std::current_exception();
        }
        loop_.resume(resumption_);
    }

    WorkerPool& pool_;
    Loop& loop_;
    std::function<void()> work_;
    std::exception_ptr failure_;
    Resumption resumption_;
};

}  // namespace gomodel::net
