// The one thread on which generations are built and plugin instances and modules die, so that no
// plugin's create, destroy or unloading ever runs on the stack of a request.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace gomodel::plugin {

class ControlThread {
public:
    ControlThread();
    // Runs what was posted, then ends.
    ~ControlThread();
    ControlThread(const ControlThread&) = delete;
    ControlThread& operator=(const ControlThread&) = delete;

    // Runs `work` on the thread, in the order of posting. Any thread, also from posted work.
    void post(std::function<void()> work);
    // Runs `work` on the thread and waits for it. Not from the thread itself.
    void run(const std::function<void()>& work);
    bool is_current() const { return std::this_thread::get_id() == thread_.get_id(); }

    // A shared pointer whose object is destroyed on this thread, whoever lets go of it last. The
    // thread must outlive it.
    template <typename T>
    std::shared_ptr<const T> retire_here(std::unique_ptr<const T> object) {
        return std::shared_ptr<const T>(object.release(),
                                        [this](const T* last) { post([last] { delete last; }); });
    }

private:
    void work();

    std::mutex mutex_;
    std::condition_variable available_;
    std::deque<std::function<void()>> queue_;
    bool stop_ = false;
    std::thread thread_;  // last: it uses the others
};

}  // namespace gomodel::plugin
