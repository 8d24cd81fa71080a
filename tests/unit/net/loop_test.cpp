#include "net/loop.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <new>
#include <thread>

#include "net/descriptor.hpp"
#include "net/task.hpp"
#include "net/worker_pool.hpp"
#include "support/loop_runner.hpp"
#include "support/manual_clock.hpp"

namespace gomodel::net {
namespace {

using std::chrono::milliseconds;
using tests::ManualClock;

Task<void> sleep_then_note(Loop* loop, int delay, CancelSource* cancel,
                           std::vector<std::pair<int, Wake>>* notes) {
    const Wake wake = co_await Sleep(*loop, loop->now() + milliseconds(delay), cancel);
    notes->emplace_back(delay, wake);
}

TEST(Loop, TimersFireInTheOrderOfTheirDeadlines) {
    ManualClock clock;
    Loop loop(clock);
    std::vector<std::pair<int, Wake>> notes;
    for (const int delay : {30, 10, 20})
        spawn(sleep_then_note(&loop, delay, nullptr, &notes));
    loop.turn(false);
    EXPECT_TRUE(notes.empty());
    clock.advance(milliseconds(20));
    loop.turn(false);
    EXPECT_EQ(notes,
              (std::vector<std::pair<int, Wake>>{{10, Wake::kTimeout}, {20, Wake::kTimeout}}));
    clock.advance(milliseconds(10));
    loop.turn(false);
    EXPECT_EQ(notes.size(), 3u);
}

TEST(Loop, CancellingWakesEveryWaiterOnceAndForGood) {
    ManualClock clock;
    Loop loop(clock);
    CancelSource cancel;
    std::vector<std::pair<int, Wake>> notes;
    spawn(sleep_then_note(&loop, 10, &cancel, &notes));
    spawn(sleep_then_note(&loop, 20, &cancel, &notes));
    cancel.cancel();
    loop.turn(false);
    ASSERT_EQ(notes.size(), 2u);
    EXPECT_EQ(notes[0].second, Wake::kCancelled);
    spawn(sleep_then_note(&loop, 30, &cancel, &notes));  // does not even wait
    EXPECT_EQ(notes.size(), 3u);
    clock.advance(milliseconds(100));
    loop.turn(false);
    EXPECT_EQ(notes.size(), 3u);
}

// A process that is being started holds copies of all descriptors until it runs its own program.
TEST(Loop, AClosedDescriptorIsSilentThoughSomebodyHoldsACopy) {
    ManualClock clock;
    Loop loop(clock);
    int pair[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    const int copy = ::dup(pair[0]);
    Descriptor::close(std::make_unique<Descriptor>(loop, pair[0]));
    loop.turn(false);
    ASSERT_EQ(::write(pair[1], "x", 1), 1);
    epoll_event event{};
    EXPECT_EQ(::epoll_wait(loop.epoll_fd(), &event, 1, 0), 0);
    ::close(copy);
    ::close(pair[1]);
}

TEST(Loop, YieldLetsOthersRunFirst) {
    ManualClock clock;
    Loop loop(clock);
    std::string order;
    const auto twice = [](Loop* on, char name, std::string* into) -> Task<void> {
        *into += name;
        co_await Yield(*on);
        *into += name;
    };
    spawn(twice(&loop, 'a', &order));
    spawn(twice(&loop, 'b', &order));
    loop.turn(false);
    EXPECT_EQ(order, "abab");
}

TEST(Loop, WorkPostedFromAnotherThreadRunsOnTheLoop) {
    tests::LoopRunner runner;
    std::thread::id ran_on;
    runner.run([&] { ran_on = std::this_thread::get_id(); });
    EXPECT_NE(ran_on, std::this_thread::get_id());
    EXPECT_NE(ran_on, std::thread::id());
}

TEST(WorkerPool, ManyCallsComeBackToTheirLoop) {
    tests::LoopRunner runner;
    WorkerPool pool(4);
    int finished = 0;
    runner.await([&]() -> Task<void> {
        const std::thread::id loop_thread = std::this_thread::get_id();
        for (int i = 0; i < 200; ++i) {
            std::thread::id worker;
            const std::function<void()> work = [&worker] { worker = std::this_thread::get_id(); };
            co_await OnWorker(pool, runner.loop(), work);
            if (worker != loop_thread && std::this_thread::get_id() == loop_thread) ++finished;
        }
    });
    EXPECT_EQ(finished, 200);
}

TEST(WorkerPool, AnExceptionReachesTheAwaiter) {
    tests::LoopRunner runner;
    WorkerPool pool(1);
    bool caught = false;
    runner.await([&]() -> Task<void> {
        const std::function<void()> fail = [] { throw std::bad_alloc(); };
        try {
            co_await OnWorker(pool, runner.loop(), fail);
        } catch (const std::bad_alloc&) {
            caught = true;
        }
    });
    EXPECT_TRUE(caught);
}

// Waits for resume() of the loop.
struct Awaited {
    Resumption& resumption;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) { resumption.handle = handle; }
    void await_resume() const {}
};

TEST(Loop, ResumesInTheOrderOfTheCalls) {
    ManualClock clock;
    Loop loop(clock);
    std::string order;
    std::array<Resumption, 3> resumptions;
    const auto wait = [](Resumption* resumption, std::string* into, char name) -> Task<void> {
        co_await Awaited{*resumption};
        into->push_back(name);
    };
    for (std::size_t i = 0; i < resumptions.size(); ++i)
        spawn(wait(&resumptions[i], &order, static_cast<char>('a' + i)));
    loop.resume(resumptions[2]);
    loop.resume(resumptions[0]);
    loop.turn(false);
    EXPECT_EQ(order, "ca");
    loop.resume(resumptions[1]);
    loop.turn(false);
    EXPECT_EQ(order, "cab");
}

TEST(Loop, PostedWorkWithoutMemoryIsLeftOut) {
    ManualClock clock;
    Loop loop(clock);
    bool ran = false;
    loop.post([] { throw std::bad_alloc(); });
    loop.post([&ran] { ran = true; });
    loop.turn(false);
    EXPECT_TRUE(ran);
}

TEST(Task, ExceptionReachesTheAwaiter) {
    ManualClock clock;
    Loop loop(clock);
    bool caught = false;
    const auto outer = [](Loop* on, bool* flag) -> Task<void> {
        const auto fail = [](Loop* where) -> Task<int> {
            co_await Yield(*where);
            throw std::runtime_error("boom");
        };
        try {
            co_await fail(on);
        } catch (const std::runtime_error&) {
            *flag = true;
        }
    };
    spawn(outer(&loop, &caught));
    loop.turn(false);
    loop.turn(false);
    EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace gomodel::net
