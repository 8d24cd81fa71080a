// The last resort of a process that is told to end and cannot, as when a plugin does not return:
// ends it all the same, with exit code 0. What was recorded is in the journal by then.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace gomodel::app {

class EndLimit {
public:
    static constexpr base::Duration kLimit = std::chrono::seconds(15);
    static constexpr base::Duration kAfterSignal = std::chrono::seconds(1);

    // `log` must outlive it. The process ends kLimit from now unless this is destroyed before;
    // kAfterSignal after another of the `signals`, which all threads block. `waited_for`: names for
    // the log; called on another thread.
    EndLimit(base::Log& log, const sigset_t& signals, std::function<std::string()> waited_for);
    ~EndLimit();
    EndLimit(const EndLimit&) = delete;
    EndLimit& operator=(const EndLimit&) = delete;

private:
    void watch();
    [[noreturn]] void end();

    base::Log& log_;
    const sigset_t signals_;
    const std::function<std::string()> waited_for_;
    std::atomic<bool> in_time_ = false;
    std::thread thread_;  // last: it uses the others
};

}  // namespace gomodel::app
