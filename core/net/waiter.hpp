// One suspended coroutine and the ways it can be woken: its event, its deadline, its cancellation.
// Whichever comes first wins and takes the waiter off the other lists. Loop thread only.
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <coroutine>
#include <cstdint>

#include "base/clock.hpp"

namespace gomodel::net {

class Loop;
class CancelSource;

enum class Wake : std::uint8_t { kReady, kTimeout, kCancelled };

// A point in time; kNever waits for ever.
inline constexpr base::SteadyTime kNever = base::SteadyTime::max();

using AutoUnlink = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
struct TimerTag;
struct CancelTag;
struct LinkTag;

class Waiter
    : public boost::intrusive::set_base_hook<boost::intrusive::tag<TimerTag>, AutoUnlink,
                                             boost::intrusive::optimize_size<true>>,
      public boost::intrusive::list_base_hook<boost::intrusive::tag<CancelTag>, AutoUnlink> {
public:
    Waiter(Loop& loop, base::SteadyTime deadline, CancelSource* cancel)
        : loop_(&loop), deadline_(deadline), cancel_(cancel) {}
    ~Waiter() { leave_slot(); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    // True iff there is nothing to wait for because cancellation has already happened.
    bool already_cancelled();

    // Suspends `handle` until complete(). `slot`, if given, points at this waiter meanwhile.
    void suspend(std::coroutine_handle<> handle, Waiter** slot);

    // Wakes the coroutine with `result`: it runs later in this turn of the loop.
    void complete(Wake result);

    base::SteadyTime deadline() const { return deadline_; }
    Wake result() const { return result_; }

private:
    void leave_slot() {
        if (slot_ != nullptr) *slot_ = nullptr;
        slot_ = nullptr;
    }

    Loop* const loop_;
    const base::SteadyTime deadline_;
    CancelSource* const cancel_;
    Waiter** slot_ = nullptr;
    std::coroutine_handle<> handle_;
    Wake result_ = Wake::kReady;
};

// Is told when a source is cancelled, as long as it is linked to it.
class CancelLink
    : public boost::intrusive::list_base_hook<boost::intrusive::tag<LinkTag>, AutoUnlink> {
public:
    virtual void on_cancel() = 0;

protected:
    ~CancelLink() = default;
};

// Tells everything that waits on behalf of one request that nobody wants the result any more.
// Cancelling is for good and idempotent. Loop thread only.
class CancelSource {
public:
    CancelSource() = default;
    CancelSource(const CancelSource&) = delete;
    CancelSource& operator=(const CancelSource&) = delete;

    bool cancelled() const { return cancelled_; }
    void cancel();
    // Unlinks itself when it is destroyed. REQUIRES: !cancelled().
    void link(CancelLink& link) { links_.push_back(link); }

private:
    friend class Waiter;
    boost::intrusive::list<Waiter,
                           boost::intrusive::base_hook<boost::intrusive::list_base_hook<
                               boost::intrusive::tag<CancelTag>, AutoUnlink>>,
                           boost::intrusive::constant_time_size<false>>
        waiters_;
    boost::intrusive::list<CancelLink,
                           boost::intrusive::base_hook<boost::intrusive::list_base_hook<
                               boost::intrusive::tag<LinkTag>, AutoUnlink>>,
                           boost::intrusive::constant_time_size<false>>
        links_;
    bool cancelled_ = false;
};

// Is cancelled by itself or with its parent, which must outlive it.
class ChildCancelSource final : public CancelSource, private CancelLink {
public:
    explicit ChildCancelSource(CancelSource& parent) {
        if (parent.cancelled()) {
            cancel();
        } else {
            parent.link(*this);
        }
    }

private:
    void on_cancel() override { cancel(); }
};

// The waiters with a deadline, earliest first.
class Timers {
public:
    void add(Waiter& waiter) { queue_.insert(waiter); }
    // kNever when there are none.
    base::SteadyTime earliest() const;
    // Completes every waiter whose deadline is not after `now`.
    void expire(base::SteadyTime now);

private:
    struct ByDeadline {
        bool operator()(const Waiter& a, const Waiter& b) const {
            return a.deadline() < b.deadline();
        }
    };
    boost::intrusive::multiset<
        Waiter,
        boost::intrusive::base_hook<boost::intrusive::set_base_hook<
            boost::intrusive::tag<TimerTag>, AutoUnlink, boost::intrusive::optimize_size<true>>>,
        boost::intrusive::compare<ByDeadline>, boost::intrusive::constant_time_size<false>>
        queue_;
};

}  // namespace gomodel::net
