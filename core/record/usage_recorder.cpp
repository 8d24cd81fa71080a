#include "record/usage_recorder.hpp"

#include <chrono>
#include <new>

namespace gomodel::record {
namespace {

using std::chrono::steady_clock;

// Entries that come together are journalled together.
constexpr auto kGatherEntries = std::chrono::milliseconds(20);
constexpr auto kSyncEvery = std::chrono::seconds(1);
constexpr auto kRetry = std::chrono::milliseconds(200);
constexpr auto kIdle = std::chrono::minutes(1);
constexpr auto kBetweenJournalComplaints = std::chrono::minutes(1);
// Rows are appended in pieces of about this size, so that a journal near its limit takes a part.
constexpr std::size_t kPiece = 256 * 1024;
constexpr std::string_view kNoMemory = "there is no memory";

}  // namespace

UsageRecorder::UsageRecorder(Journal& journal, config::SyncPolicy sync, base::Log& log,
                             std::function<void(std::size_t rows)> journalled)
    : journal_(journal),
      sync_(sync),
      log_(log),
      journalled_(std::move(journalled)),
      thread_([this] { work(); }) {}

UsageRecorder::~UsageRecorder() {
    stop();
}

void UsageRecorder::stop() {
    {
        const std::lock_guard lock(stop_mutex_);
        stop_ = true;
    }
    stopping_.notify_one();
    queue_.wake();
    if (thread_.joinable()) thread_.join();
}

UsageRecorder::Counts UsageRecorder::counts() const {
    return {queue_.depth() + waiting_entries_ + held_rows_, lost_, refuses_};
}

// False: it is time to end.
bool UsageRecorder::gather() {
    const bool unsynced = next_sync_ != base::SteadyTime();
    const bool behind = !held_.empty() || !waiting_.empty() || !made_.empty();
    queue_.wait(behind     ? base::Duration(kRetry)
                : unsynced ? base::Duration(kSyncEvery)
                           : base::Duration(kIdle));
    std::unique_lock lock(stop_mutex_);
    if (!waits_for_journal()) stopping_.wait_for(lock, kGatherEntries, [this] { return stop_; });
    return !stop_;
}

void UsageRecorder::work() {
    for (bool goes_on = true; goes_on;) {
        goes_on = gather();
        const base::SteadyTime began = steady_clock::now();
        waiting_.append(queue_.take_all());
        hold_waiting();
        try {
            journal_held();
            if (waits_for_journal() || !goes_on || steady_clock::now() >= next_sync_) sync();
        } catch (const std::bad_alloc&) {
            complain(kNoMemory);
        }
        tell_made();
        waiting_entries_ = waiting_.size();
        if (held_.empty() && waiting_.empty()) journalled_before_ = began.time_since_epoch();
    }
    end();
}

void UsageRecorder::end() {
    const std::uint64_t lost = held_rows_ + waiting_.size();
    lost_ += lost;
    if (lost == 0) return;
    log_.error("recorded rows are lost: the journal did not take them before the gateway ended",
               {{"rows", static_cast<std::int64_t>(lost)}});
}

// Makes the rows. An entry for whose row there is no memory stays, and so do those after it.
void UsageRecorder::hold_waiting() {
    std::size_t lost = 0;
    while (std::unique_ptr<Entry> entry = waiting_.pop_front()) {
        const bool full = held_rows_ >= kMaxHeld;
        try {
            if (!full) keep_row(*entry);
        } catch (const std::bad_alloc&) {
            waiting_.push_front(std::move(entry));
            complain(kNoMemory);
            break;
        }
        lost += full ? 1 : 0;
        bytes_ -= entry->size();
        made_.push_back(std::move(entry));
    }
    if (lost == 0) return;
    lost_ += lost;
    log_.error("recorded rows are lost: the journal takes none and the memory for them is full",
               {{"rows", static_cast<std::int64_t>(lost)}});
}

// All of the row or nothing.
void UsageRecorder::keep_row(const Entry& entry) {
    record_.clear();
    append_record(record_, {entry.table(), entry.row()});
    if (held_.empty() || held_.back().bytes.size() >= kPiece) held_.emplace_back();
    Rows& rows = held_.back();
    rows.bytes.append(record_);
    ++rows.count;
    ++held_rows_;
    bytes_ += record_.size();
}

void UsageRecorder::journal_held() {
    while (!held_.empty() && held_.front().count != 0) {
        const Rows& rows = held_.front();
        if (const base::Status appended = journal_.append(rows.bytes); !appended.ok())
            return complain(appended.error().message);
        if (next_sync_ == base::SteadyTime()) next_sync_ = steady_clock::now() + kSyncEvery;
        held_rows_ -= rows.count;
        bytes_ -= rows.bytes.size();
        journalled_(rows.count);
        held_.pop_front();
    }
    refuses_ = !waiting_.empty();
}

void UsageRecorder::tell_made() {
    while (std::unique_ptr<Entry> entry = made_.pop_front()) {
        if (entry->recorded) entry->recorded();
    }
}

void UsageRecorder::complain(std::string_view why) {
    refuses_ = true;
    if (steady_clock::now() < next_complaint_) return;
    next_complaint_ = steady_clock::now() + kBetweenJournalComplaints;
    log_.error("what was recorded waits in memory",
               {{"error", why}, {"rows", static_cast<std::int64_t>(held_rows_ + waiting_.size())}});
}

void UsageRecorder::sync() {
    if (next_sync_ == base::SteadyTime()) return;
    next_sync_ = {};
    if (const base::Status synced = journal_.sync(); !synced.ok())
        log_.error("what was recorded may not survive a loss of power: " + synced.error().message);
}

}  // namespace gomodel::record
