// One event loop: epoll, timers, posted work and the coroutines that wait on them. One a core; a
// connection and everything done for it live on one loop, so its data needs no locks.
//
// Everything here is for the loop's own thread except post(), resume() and stop().
#pragma once

#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "net/waiter.hpp"

namespace gomodel::net {

class Descriptor;

// A coroutine that something on another thread will have go on. Part of what the coroutine waits
// on, so that this needs no memory.
struct Resumption {
    std::coroutine_handle<> handle;
    Resumption* next = nullptr;
};

class Loop {
public:
    explicit Loop(const base::Clock& clock);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // Runs until stop().
    void run();

    // One turn: waits for events (not past the next timer), then runs what they woke.
    // `may_wait` false: only looks.
    void turn(bool may_wait);

    // Runs `work` on the loop's thread, soon. Work posted after the last turn is dropped. Any
    // thread.
    void post(std::function<void()> work);
    // Resumes a coroutine on the loop's thread, soon, in the order of the calls; never fails. Any
    // thread.
    void resume(Resumption& resumption);
    // Ends run() after the current turn. Any thread.
    void stop();

    // The time, read once a turn: what timeouts are measured from.
    base::SteadyTime now() const { return now_; }
    const base::Clock& clock() const { return clock_; }
    Timers& timers() { return timers_; }

    // A buffer that any coroutine may use until its next co_await. Kept between turns.
    std::span<char> scratch() { return {scratch_.get(), kScratchSize}; }

    void resume_later(std::coroutine_handle<> handle) { ready_.push_back(handle); }
    // After everything else of this turn.
    void resume_last(std::coroutine_handle<> handle) { last_.push_back(handle); }

    // Frees a descriptor once no event of the current batch can point at it.
    void retire(std::unique_ptr<Descriptor> descriptor);
    int epoll_fd() const { return epoll_fd_; }

    static constexpr std::size_t kScratchSize = 64 * 1024;
    static constexpr std::size_t kScratchSlack = 64;  // readable bytes past the end, for SIMD

private:
    int wait_milliseconds() const;
    void run_posted();
    void wake();
    void run(std::vector<std::coroutine_handle<>>& ready);

    const base::Clock& clock_;
    base::SteadyTime now_;
    Timers timers_;
    std::vector<std::coroutine_handle<>> ready_;
    std::vector<std::coroutine_handle<>> last_;
    std::vector<std::coroutine_handle<>> running_;
    std::vector<std::unique_ptr<Descriptor>> retired_;
    std::unique_ptr<char[]> scratch_;
    int epoll_fd_ = -1;
    int wake_fd_ = -1;

    std::mutex posted_mutex_;
    std::vector<std::function<void()>> posted_;
    Resumption* first_resumption_ = nullptr;
    Resumption* last_resumption_ = nullptr;
    bool wake_pending_ = false;
    bool stop_ = false;
};

// Suspends until `deadline` (kTimeout) or until cancelled.
class Sleep {
public:
    Sleep(Loop& loop, base::SteadyTime deadline, CancelSource* cancel = nullptr)
        : waiter_(loop, deadline, cancel) {}
    bool await_ready() { return waiter_.already_cancelled(); }
    void await_suspend(std::coroutine_handle<> handle) { waiter_.suspend(handle, nullptr); }
    Wake await_resume() const { return waiter_.result(); }

private:
    Waiter waiter_;
};

// Lets every other coroutine that is ready run, and new events in, before going on.
class Yield {
public:
    explicit Yield(Loop& loop) : loop_(loop) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) { loop_.resume_later(handle); }
    void await_resume() const {}

private:
    Loop& loop_;
};

// Suspends until what else this turn has to do is done: sends that follow one another closely find
// their peer awake, where each of several spread over the turn would have to wake it.
class EndOfTurn {
public:
    explicit EndOfTurn(Loop& loop) : loop_(loop) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) { loop_.resume_last(handle); }
    void await_resume() const {}

private:
    Loop& loop_;
};

}  // namespace gomodel::net
