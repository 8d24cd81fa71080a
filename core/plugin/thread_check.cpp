#include "plugin/thread_check.hpp"

#ifndef NDEBUG

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace gomodel::plugin {
namespace {

using base::Role;

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "the gateway broke a rule of the plugin ABI: %s\n", why.c_str());
    std::abort();
}

std::string_view name_of(ThreadTag tag) {
    constexpr std::array<std::string_view, 3> kNames = {"[control]", "[worker]", "[stream]"};
    return kNames.at(static_cast<std::size_t>(tag));
}

std::string_view name_of(Role role) {
    constexpr std::array<std::string_view, 4> kNames = {"some other thread", "the control thread",
                                                        "a worker", "a loop"};
    return kNames.at(static_cast<std::size_t>(role));
}

// [worker] functions may block: anywhere but on a loop. [stream] functions are the loops' here.
bool permits(ThreadTag tag, Role role) {
    if (role == Role::kOther) return true;
    switch (tag) {
        case ThreadTag::kControl:
            return role == Role::kControl;
        case ThreadTag::kWorker:
            return role != Role::kLoop;
        case ThreadTag::kStream:
            return role == Role::kLoop;
    }
    return false;
}

}  // namespace

void require_thread(ThreadTag tag, std::string_view function) {
    const Role role = base::ThreadRole::current();
    if (permits(tag, role)) return;
    std::string why(function);
    why.append(" ").append(name_of(tag)).append(" was called on ").append(name_of(role));
    fail(why);
}

OneAtATime::Use::Use(OneAtATime& object, std::string_view function) : object_(object) {
    if (object.busy_.exchange(true))
        fail(std::string(function) + " was called while another call on the same object ran");
}

}  // namespace gomodel::plugin

#endif
