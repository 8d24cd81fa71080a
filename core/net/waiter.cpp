#include "net/waiter.hpp"

#include "net/loop.hpp"

namespace gomodel::net {
namespace {

using TimerHook = boost::intrusive::set_base_hook<boost::intrusive::tag<TimerTag>, AutoUnlink,
                                                  boost::intrusive::optimize_size<true>>;
using CancelHook = boost::intrusive::list_base_hook<boost::intrusive::tag<CancelTag>, AutoUnlink>;

}  // namespace

bool Waiter::already_cancelled() {
    if (cancel_ == nullptr || !cancel_->cancelled()) return false;
    result_ = Wake::kCancelled;
    return true;
}

void Waiter::suspend(std::coroutine_handle<> handle, Waiter** slot) {
    handle_ = handle;
    slot_ = slot;
    if (slot_ != nullptr) *slot_ = this;
    if (deadline_ != kNever) loop_->timers().add(*this);
    if (cancel_ != nullptr) cancel_->waiters_.push_back(*this);
}

void Waiter::complete(Wake result) {
    static_cast<TimerHook*>(this)->unlink();
    static_cast<CancelHook*>(this)->unlink();
    leave_slot();
    result_ = result;
    loop_->resume_later(handle_);
}

void CancelSource::cancel() {
    cancelled_ = true;
    while (!waiters_.empty())
        waiters_.front().complete(Wake::kCancelled);
    while (!links_.empty()) {
        CancelLink& link = links_.front();
        links_.pop_front();
        link.on_cancel();
    }
}

base::SteadyTime Timers::earliest() const {
    return queue_.empty() ? kNever : queue_.begin()->deadline();
}

void Timers::expire(base::SteadyTime now) {
    while (!queue_.empty() && queue_.begin()->deadline() <= now) {
        queue_.begin()->complete(Wake::kTimeout);
    }
}

}  // namespace gomodel::net
