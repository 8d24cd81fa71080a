#include "plugin/control_thread.hpp"

#include "base/thread_role.hpp"

namespace gomodel::plugin {

ControlThread::ControlThread() : thread_([this] { work(); }) {}

ControlThread::~ControlThread() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    available_.notify_one();
    thread_.join();
}

void ControlThread::post(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(work));
    }
    available_.notify_one();
}

void ControlThread::run(const std::function<void()>& work) {
    std::mutex mutex;
    std::condition_variable done;
    bool finished = false;
    post([&] {
        work();
        const std::lock_guard lock(mutex);
        finished = true;
        done.notify_one();
    });
    std::unique_lock lock(mutex);
    done.wait(lock, [&finished] { return finished; });
}

void ControlThread::work() {
    const base::ThreadRole role(base::Role::kControl);
    std::unique_lock lock(mutex_);
    for (;;) {
        available_.wait(lock, [this] { return stop_ || !queue_.empty(); });
        if (queue_.empty()) return;
        const std::function<void()> work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

}  // namespace gomodel::plugin
