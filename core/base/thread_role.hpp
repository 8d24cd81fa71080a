// What a thread is for: it is marked when it starts, and whoever must not be called on all of them
// can ask.
#pragma once

#include <cstdint>
#include <utility>

namespace gomodel::base {

enum class Role : std::uint8_t {
    kOther,  // of a start, a tool, a test: nothing is known, nothing forbidden
    kControl,
    kWorker,
    kLoop,
};

// Gives the calling thread a role for as long as it lives.
class ThreadRole {
public:
    explicit ThreadRole(Role role) : before_(std::exchange(current(), role)) {}
    ~ThreadRole() { current() = before_; }
    ThreadRole(const ThreadRole&) = delete;
    ThreadRole& operator=(const ThreadRole&) = delete;

    static Role& current() {
        thread_local Role role = Role::kOther;
        return role;
    }

private:
    const Role before_;
};

// The same on one thread, different on any two that live.
inline const void* this_thread() {
    return &ThreadRole::current();
}

}  // namespace gomodel::base
