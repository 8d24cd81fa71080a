#include "app/end_limit.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <system_error>

namespace gomodel::app {
namespace {

constexpr timespec kLookAgain{0, 20'000'000};
constexpr auto kForTheLog = std::chrono::milliseconds(200);  // its thread writes

base::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

EndLimit::EndLimit(base::Log& log, const sigset_t& signals, std::function<std::string()> waited_for)
    : log_(log), signals_(signals), waited_for_(std::move(waited_for)) {
    try {
        thread_ = std::thread([this] { watch(); });
    } catch (const std::system_error&) {  // no thread for it: then without a limit
    }
}

EndLimit::~EndLimit() {
    in_time_ = true;
    if (thread_.joinable()) thread_.join();
}

void EndLimit::watch() {
    base::SteadyTime deadline = now() + kLimit;
    while (!in_time_) {
        if (now() >= deadline) end();
        if (sigtimedwait(&signals_, nullptr, &kLookAgain) > 0)
            deadline = std::min(deadline, now() + kAfterSignal);
    }
}

void EndLimit::end() {
    const std::string plugins = waited_for_();
    log_.error(
        "the end is not waited for any longer; rows that the storage does not have are in "
        "the journal",
        {{"plugins_not_returned", std::string_view(plugins)}});
    std::this_thread::sleep_for(kForTheLog);
    ::_exit(0);
}

}  // namespace gomodel::app
