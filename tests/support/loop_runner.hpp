// A loop on a thread of its own, for tests that talk to it from outside.
#pragma once

#include <future>
#include <thread>

#include "net/loop.hpp"
#include "net/task.hpp"

namespace gomodel::tests {

class LoopRunner {
public:
    LoopRunner() : loop_(clock_), thread_([this] { loop_.run(); }) {}
    ~LoopRunner() { stop(); }

    net::Loop& loop() { return loop_; }

    // Runs `work` on the loop's thread and waits for it.
    void run(const std::function<void()>& work) {
        std::promise<void> done;
        loop_.post([&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    // Runs the coroutine that `make` returns to its end and waits for it. What `make` captures
    // outlives it.
    void await(const std::function<net::Task<void>()>& make) {
        std::promise<void> done;
        loop_.post([&] { net::spawn(finish(make(), &done)); });
        done.get_future().wait();
    }

    void stop() {
        if (!thread_.joinable()) return;
        loop_.stop();
        thread_.join();
    }

private:
    static net::Task<void> finish(net::Task<void> task, std::promise<void>* done) {
        co_await task;
        done->set_value();
    }

    base::SystemClock clock_;
    net::Loop loop_;
    std::thread thread_;
};

}  // namespace gomodel::tests
