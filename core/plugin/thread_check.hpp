// The functions of plugins say on which threads they may be called ([control], [worker], [stream]:
// sdk/docs/ABI.md). A debug build of the gateway looks at each call whether it keeps to that, and
// ends with a message when it does not. Other builds do nothing here.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/thread_role.hpp"

namespace gomodel::plugin {

enum class ThreadTag : std::uint8_t { kControl, kWorker, kStream };

#ifdef NDEBUG

inline void require_thread(ThreadTag, std::string_view) {}

class OneAtATime {
public:
    struct Use {
        Use(OneAtATime&, std::string_view) {}
    };
};

#else

// Ends the program if a function with this tag must not be called on this thread.
void require_thread(ThreadTag tag, std::string_view function);

// Ends the program if two calls on one object overlap.
class OneAtATime {
public:
    class Use {
    public:
        Use(OneAtATime& object, std::string_view function);
        ~Use() { object_.busy_ = false; }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

    private:
        OneAtATime& object_;
    };

private:
    std::atomic<bool> busy_ = false;
};

#endif

}  // namespace gomodel::plugin
