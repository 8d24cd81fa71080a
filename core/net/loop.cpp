#include "net/loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <new>
#include <system_error>
#include <utility>

#include "base/thread_role.hpp"
#include "net/descriptor.hpp"

namespace gomodel::net {
namespace {

constexpr int kBatch = 256;  // events taken from the kernel in one call

}  // namespace

Loop::Loop(const base::Clock& clock)
    : clock_(clock),
      now_(clock.steady()),
      scratch_(std::make_unique_for_overwrite<char[]>(kScratchSize + kScratchSlack)),
      epoll_fd_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (epoll_fd_ < 0 || wake_fd_ < 0) {
        throw std::system_error(errno, std::generic_category(), "event loop");
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.ptr = nullptr;  // the only registration without a Descriptor
    if (::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "event loop");
    }
}

Loop::~Loop() {
    retired_.clear();
    ::close(wake_fd_);
    ::close(epoll_fd_);
}

void Loop::run() {
    const base::ThreadRole role(base::Role::kLoop);
    for (;;) {
        {
            const std::lock_guard lock(posted_mutex_);
            if (stop_) return;
        }
        turn(true);
    }
}

void Loop::turn(bool may_wait) {
    std::array<epoll_event, kBatch> events;
    const int timeout = may_wait ? wait_milliseconds() : 0;
    const int count = ::epoll_wait(epoll_fd_, events.data(), kBatch, timeout);
    now_ = clock_.steady();
    bool woken = !may_wait;
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) {
            woken = true;
        } else {
            static_cast<Descriptor*>(event.data.ptr)->on_events(event.events);
        }
    }
    timers_.expire(now_);
    if (woken) run_posted();
    run(ready_);
    run(last_);
    retired_.clear();
}

int Loop::wait_milliseconds() const {
    if (!ready_.empty() || !last_.empty()) return 0;
    const base::SteadyTime next = timers_.earliest();
    if (next == kNever) return -1;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - clock_.steady()).count();
    return static_cast<int>(std::clamp<std::int64_t>(wait, 0, INT_MAX));
}

void Loop::post(std::function<void()> work) {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(work));
    wake();
}

void Loop::resume(Resumption& resumption) {
    const std::lock_guard lock(posted_mutex_);
    resumption.next = nullptr;
    (last_resumption_ == nullptr ? first_resumption_ : last_resumption_->next) = &resumption;
    last_resumption_ = &resumption;
    wake();
}

// With posted_mutex_ held.
void Loop::wake() {
    if (wake_pending_) return;
    wake_pending_ = true;
    ::eventfd_write(wake_fd_, 1);
}

void Loop::stop() {
    const std::lock_guard lock(posted_mutex_);
    stop_ = true;
    wake_pending_ = true;
    ::eventfd_write(wake_fd_, 1);
}

void Loop::run_posted() {
    eventfd_t ignored = 0;
    ::eventfd_read(wake_fd_, &ignored);
    std::vector<std::function<void()>> work;
    Resumption* resumption = nullptr;
    {
        const std::lock_guard lock(posted_mutex_);
        wake_pending_ = false;
        work.swap(posted_);
        resumption = std::exchange(first_resumption_, nullptr);
        last_resumption_ = nullptr;
    }
    for (auto& item : work) {
        try {
            item();
        } catch (const std::bad_alloc&) {  // worse than that it was left out would be the end
        }
    }
    while (resumption != nullptr) {
        // Going on ends what it is part of.
        const std::coroutine_handle<> handle = resumption->handle;
        resumption = resumption->next;
        handle.resume();
    }
}

// Only what is ready now: a coroutine that yields waits for the next turn, after new events.
void Loop::run(std::vector<std::coroutine_handle<>>& ready) {
    running_.swap(ready);
    for (const std::coroutine_handle<> handle : running_)
        handle.resume();
    running_.clear();
}

void Loop::retire(std::unique_ptr<Descriptor> descriptor) {
    retired_.push_back(std::move(descriptor));
}

}  // namespace gomodel::net
