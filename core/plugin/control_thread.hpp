// The one thread on which generations are built and plugin instances and modules die, so that no
// plugin's create, destroy or unloading ever runs on the stack of a request.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "base/log.hpp"

namespace gomodel::plugin {

class ControlThread {
public:
    // Work that needs no memory any more to be posted; once.
    class Prepared;

    // `log` is told of work that threw, for which there was no memory say; it must outlive the
    // thread. nullptr: nobody is.
    explicit ControlThread(base::Log* log = nullptr);
    // Runs what was posted, then ends.
    ~ControlThread();
    ControlThread(const ControlThread&) = delete;
    ControlThread& operator=(const ControlThread&) = delete;

    // Runs `work` on the thread, in the order of posting. Any thread, also from posted work.
    void post(std::function<void()> work);
    // The same of what was prepared. Never fails.
    void post(const Prepared& prepared);
    // Runs `work` on the thread and waits for it; throws what it throws. Not from the thread
    // itself.
    void run(const std::function<void()>& work);
    bool is_current() const { return std::this_thread::get_id() == thread_.get_id(); }

    // A shared pointer whose object is destroyed on this thread, whoever lets go of it last. The
    // thread must outlive it.
    template <typename T>
    std::shared_ptr<const T> retire_here(std::unique_ptr<const T> object);

private:
    using Queue = std::list<std::function<void()>>;

    void work();
    void run_one(const std::function<void()>& work);
    void post(Queue one);

    base::Log* const log_;
    std::mutex mutex_;
    std::condition_variable available_;
    Queue queue_;
    bool stop_ = false;
    std::thread thread_;  // last: it uses the others
};

class ControlThread::Prepared {
public:
    explicit Prepared(std::function<void()> work)
        : queue_(std::make_shared<Queue>(1, std::move(work))) {}

private:
    friend class ControlThread;
    std::shared_ptr<Queue> queue_;  // of one
};

template <typename T>
std::shared_ptr<const T> ControlThread::retire_here(std::unique_ptr<const T> object) {
    const Prepared last([held = object.get()] { delete held; });
    return std::shared_ptr<const T>(object.release(), [this, last](const T*) { post(last); });
}

}  // namespace gomodel::plugin
