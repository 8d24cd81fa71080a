// Costs of past requests worked out anew, with the prices that hold now: in the background, in
// pieces, on workers. One at a time in a process. A row whose model has no known price stays as it
// is. Any thread.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/published.hpp"
#include "gateway/controls.hpp"
#include "gateway/generation.hpp"
#include "net/worker_pool.hpp"
#include "record/storage.hpp"

namespace gomodel::control {

class Recalculation {
public:
    enum class State { kNever, kRunning, kDone, kFailed, kStopped };

    struct Progress {
        State state = State::kNever;
        bool dry_run = false;
        std::string filters = "{}";  // JSON, for people
        base::WallTime started{};
        base::WallTime finished{};   // unless it is running
        std::uint64_t total = 0;     // rows there were when it began
        std::uint64_t done = 0;      // rows looked at
        std::uint64_t changed = 0;   // rows with other costs than before
        std::uint64_t unpriced = 0;  // rows whose model has no known price
    };

    struct Wanted {
        std::string conditions;  // of the storage's query, without brackets; not empty
        std::string filters = "{}";
        bool dry_run = false;  // only count
    };

    // All must outlive it.
    struct Sources {
        const record::StorageSlot& storage;
        const base::Published<gateway::Generation>& generations;
        const gateway::ControlsSlot& controls;
        net::WorkerPool& workers;
        const base::Clock& clock;
        base::Log& log;
    };
    explicit Recalculation(Sources sources) : sources_(sources) {}
    // As stop().
    ~Recalculation() { stop(); }
    Recalculation(const Recalculation&) = delete;
    Recalculation& operator=(const Recalculation&) = delete;

    // Begins. kUnavailable: there is no storage. kDenied: one is running already.
    base::Status start(Wanted wanted);
    Progress progress() const;
    // No new piece begins; waits for the one that is being worked on. Not on a loop.
    void stop();

private:
    static constexpr int kRowsAtOnce = 500;

    void step();
    void go_on();
    base::Result<bool> piece();
    std::string query(bool count) const;
    void finish(State state);

    const Sources sources_;
    // Of the run: only the piece that is being worked on uses them.
    Wanted wanted_;
    std::string after_;  // the last row looked at, as the storage wants it; empty: none

    mutable std::mutex mutex_;
    std::condition_variable idle_;
    Progress progress_;
    bool stop_ = false;
};

std::string_view to_string(Recalculation::State state);  // "none", "running", "done", ...

}  // namespace gomodel::control
