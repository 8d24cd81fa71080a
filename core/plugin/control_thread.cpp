#include "plugin/control_thread.hpp"

#include <exception>

#include "base/thread_role.hpp"

namespace gomodel::plugin {

ControlThread::ControlThread(base::Log* log) : log_(log), thread_([this] { work(); }) {}

ControlThread::~ControlThread() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    available_.notify_one();
    thread_.join();
}

void ControlThread::post(std::function<void()> work) {
    post(Queue(1, std::move(work)));
}

void ControlThread::post(const Prepared& prepared) {
    post(std::move(*prepared.queue_));
}

void ControlThread::post(Queue one) {
    {
        const std::lock_guard lock(mutex_);
        queue_.splice(queue_.end(), one);
    }
    available_.notify_one();
}

void ControlThread::run(const std::function<void()>& work) {
    std::mutex mutex;
    std::condition_variable done;
    bool finished = false;
    std::exception_ptr failure;
    post([&] {
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard lock(mutex);
        finished = true;
        done.notify_one();
    });
    std::unique_lock lock(mutex);
    done.wait(lock, [&finished] { return finished; });
    if (failure != nullptr) std::rethrow_exception(failure);
}

void ControlThread::work() {
    const base::ThreadRole role(base::Role::kControl);
    std::unique_lock lock(mutex_);
    for (;;) {
        available_.wait(lock, [this] { return stop_ || !queue_.empty(); });
        if (queue_.empty()) return;
        Queue next;
        next.splice(next.end(), queue_, queue_.begin());
        lock.unlock();
        run_one(next.front());
        next.clear();
        lock.lock();
    }
}

// What fails here must not end the gateway.
void ControlThread::run_one(const std::function<void()>& work) {
    try {
        work();
    } catch (const std::exception& error) {
        if (log_ == nullptr) return;
        log_->error("something in the background failed",
                    {{"error", std::string_view(error.what())}});
    }
}

}  // namespace gomodel::plugin
