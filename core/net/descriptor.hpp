// A non-blocking file descriptor registered with a loop, edge-triggered: what is known of its
// readiness and who waits for it. Loop thread only.
#pragma once

#include <cstdint>

#include "net/loop.hpp"

namespace gomodel::net {

// Is told of events that nobody waits for: a pooled connection that the peer closed, a client that
// hung up while its request is being answered.
class HangupListener {
public:
    virtual void on_hangup() = 0;

protected:
    ~HangupListener() = default;
};

class Descriptor {
public:
    // Takes ownership of `fd`, which must be non-blocking; not if it throws (out of memory).
    Descriptor(Loop& loop, int fd);
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    // Closes the file now; frees the object when the loop's current batch is over. Whoever waits
    // is woken with kCancelled.
    static void close(std::unique_ptr<Descriptor> descriptor);

    int fd() const { return fd_; }
    Loop& loop() { return loop_; }

    // False after a call found nothing to read (or no room to write), until the next event.
    bool readable() const { return readable_; }
    bool writable() const { return writable_; }
    void not_readable() { readable_ = false; }
    void not_writable() { writable_ = false; }
    // The peer will send no more, or the connection failed.
    bool hung_up() const { return hung_up_; }

    // Told once when the peer hangs up; nullptr: nobody.
    void listen_for_hangup(HangupListener* listener) { listener_ = listener; }
    // Told also when the peer sends bytes: what an idle pooled connection must not get.
    void listen_for_anything(HangupListener* listener) {
        listener_ = listener;
        listen_for_data_ = listener != nullptr;
    }

    void on_events(std::uint32_t events);

    Waiter*& reader() { return reader_; }
    Waiter*& writer() { return writer_; }

private:
    void close_file();

    Loop& loop_;
    int fd_;
    bool readable_ = true;
    bool writable_ = true;
    bool hung_up_ = false;
    bool listen_for_data_ = false;
    HangupListener* listener_ = nullptr;
    Waiter* reader_ = nullptr;
    Waiter* writer_ = nullptr;
};

enum class Direction : std::uint8_t { kRead, kWrite };

// Suspends until the descriptor is readable (or writable), the deadline passes, or cancellation.
// REQUIRES: nobody else waits for the same direction.
class Ready {
public:
    Ready(Descriptor& descriptor, Direction direction, base::SteadyTime deadline,
          CancelSource* cancel)
        : waiter_(descriptor.loop(), deadline, cancel),
          descriptor_(descriptor),
          direction_(direction) {}

    bool await_ready() {
        const bool ready =
            direction_ == Direction::kRead ? descriptor_.readable() : descriptor_.writable();
        return waiter_.already_cancelled() || ready;
    }
    void await_suspend(std::coroutine_handle<> handle) {
        waiter_.suspend(
            handle, direction_ == Direction::kRead ? &descriptor_.reader() : &descriptor_.writer());
    }
    Wake await_resume() const { return waiter_.result(); }

private:
    Waiter waiter_;
    Descriptor& descriptor_;
    const Direction direction_;
};

}  // namespace gomodel::net
