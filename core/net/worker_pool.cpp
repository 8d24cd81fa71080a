#include "net/worker_pool.hpp"

#include "base/thread_role.hpp"

namespace gomodel::net {

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    available_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

void WorkerPool::submit(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(work));
        if (queue_.size() > idle_ && threads_.size() < max_threads_) add_thread();
    }
    available_.notify_one();
}

// Where the system has no more threads those that are there do the work.
void WorkerPool::add_thread() {
    try {
        threads_.emplace_back([this] { this->work(); });
    } catch (const std::exception&) {
        if (!threads_.empty()) return;
        queue_.pop_back();
        throw;
    }
}

void WorkerPool::work() {
    const base::ThreadRole role(base::Role::kWorker);
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        available_.wait(lock, [this] { return stop_ || !queue_.empty(); });
        --idle_;
        if (queue_.empty()) return;
        const std::function<void()> work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

}  // namespace gomodel::net
