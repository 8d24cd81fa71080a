// The signals of a crash, as they were when the program began. Poco's Application makes an abort()
// of each, which hides where the crash was from core files and from the kernel's log. To be there
// before an Application.
#pragma once

#include <signal.h>

#include <array>
#include <cstddef>

namespace gomodel::app {

class CrashSignals {
public:
    CrashSignals() {
        for (std::size_t i = 0; i < kSignals.size(); ++i)
            ::sigaction(kSignals[i], nullptr, &actions_[i]);
    }
    void restore() const {
        for (std::size_t i = 0; i < kSignals.size(); ++i)
            ::sigaction(kSignals[i], &actions_[i], nullptr);
    }

    static constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGILL, SIGSYS};

private:
    std::array<struct sigaction, kSignals.size()> actions_{};
};

}  // namespace gomodel::app
