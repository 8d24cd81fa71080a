// The recorder's thread: takes entries from the loops, makes rows of them and puts these into the
// journal, from where StorageWriter takes them to the storage. What the journal cannot take waits
// in memory; what that cannot hold either is lost, and counted. An entry for whose row there is no
// memory waits, too.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "config/settings.hpp"
#include "record/entry_queue.hpp"
#include "record/journal.hpp"

namespace gomodel::record {

class UsageRecorder {
public:
    // Rows that may wait in memory for a journal that takes none.
    static constexpr std::size_t kMaxHeld = 100'000;
    // Bytes of entries and rows in memory above which entries should come without bodies.
    static constexpr std::size_t kMaxBytes = std::size_t{256} << 20;

    struct Counts {
        std::uint64_t depth = 0;  // entries of which the journal has no row yet
        std::uint64_t lost = 0;   // rows that nothing could take
        bool journal_refuses = false;
    };

    // `journalled`: told how many rows the journal got; on the recorder's thread. `journal` and
    // `log` must outlive it.
    UsageRecorder(Journal& journal, config::SyncPolicy sync, base::Log& log,
                  std::function<void(std::size_t rows)> journalled);
    // As stop().
    ~UsageRecorder();

    // Any thread; never blocks.
    void push(std::unique_ptr<Entry> entry) {
        bytes_.fetch_add(entry->size(), std::memory_order_relaxed);
        queue_.push(std::move(entry));
    }
    // More waits than the journal takes. Any thread.
    bool crowded() const { return bytes_.load(std::memory_order_relaxed) > kMaxBytes; }
    bool waits_for_journal() const { return sync_ == config::SyncPolicy::kAlways; }
    // Puts what was pushed into the journal and ends the thread.
    void stop();
    Counts counts() const;  // any thread

    // Journals at once what waits. Any thread.
    void hurry() { queue_.wake(); }
    // The journal has everything that was pushed before this moment. Any thread.
    base::SteadyTime journalled_before() const {
        return base::SteadyTime(journalled_before_.load());
    }

private:
    void work();
    bool gather();
    void hold_waiting();
    void keep_row(const Entry& entry);
    void journal_held();
    void tell_made();
    void complain(std::string_view why);
    void sync();
    void end();

    struct Rows {
        std::string bytes;
        std::size_t count = 0;
    };

    Journal& journal_;
    const config::SyncPolicy sync_;
    base::Log& log_;
    const std::function<void(std::size_t)> journalled_;
    EntryQueue queue_;
    // The thread's own.
    EntryList waiting_;  // their rows are not made yet
    EntryList made_;     // whoever waits for their rows has not been told yet
    std::string record_;
    std::deque<Rows> held_;
    base::SteadyTime next_sync_{};
    base::SteadyTime next_complaint_{};
    std::atomic<std::uint64_t> waiting_entries_ = 0;
    std::atomic<std::uint64_t> held_rows_ = 0;
    std::atomic<std::size_t> bytes_ = 0;  // of what waits, in the queue or held
    std::atomic<std::uint64_t> lost_ = 0;
    std::atomic<bool> refuses_ = false;
    std::atomic<base::Duration> journalled_before_{};

    std::mutex stop_mutex_;
    std::condition_variable stopping_;
    bool stop_ = false;
    std::thread thread_;  // last: it uses the others
};

}  // namespace gomodel::record
