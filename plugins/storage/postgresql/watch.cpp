#include "watch.hpp"

#include <array>
#include <chrono>

namespace storage_postgresql {
namespace {

constexpr std::chrono::milliseconds kInterval(20);

}  // namespace

bool is_over(gomodel::Call call) {
    const auto left = call.remaining();
    return (left && left->count() == 0) || call.cancelled();
}

Watch::~Watch() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

Watch::Watched::Watched(Watch& watch, gomodel::Call call, PGconn* connection)
    : watch_(watch), call_(call), cancel_(PQgetCancel(connection)) {
    const std::lock_guard lock(watch_.mutex_);
    watch_.watched_.insert(this);
    if (watch_.watched_.size() == 1) watch_.changed_.notify_all();
}

Watch::Watched::~Watched() {
    {
        const std::lock_guard lock(watch_.mutex_);
        watch_.watched_.erase(this);
    }
    PQfreeCancel(cancel_);
}

void Watch::run() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        if (watched_.empty()) {
            changed_.wait(lock);
            continue;
        }
        changed_.wait_for(lock, kInterval);
        for (Watched* each : watched_) {
            if (!is_over(each->call_)) continue;
            std::array<char, 256> reason{};
            // Again each time, until the call has noticed: it may have more statements to run.
            PQcancel(each->cancel_, reason.data(), static_cast<int>(reason.size()));
        }
    }
}

}  // namespace storage_postgresql
