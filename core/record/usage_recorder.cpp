#include "record/usage_recorder.hpp"

#include <chrono>

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
    return {queue_.depth() + held_rows_, lost_, refuses_};
}

// False: it is time to end.
bool UsageRecorder::gather() {
    const bool unsynced = next_sync_ != base::SteadyTime();
    queue_.wait(!held_.empty() ? base::Duration(kRetry)
                : unsynced     ? base::Duration(kSyncEvery)
                               : base::Duration(kIdle));
    std::unique_lock lock(stop_mutex_);
    if (!waits_for_journal()) stopping_.wait_for(lock, kGatherEntries, [this] { return stop_; });
    return !stop_;
}

void UsageRecorder::work() {
    for (bool goes_on = true; goes_on;) {
        goes_on = gather();
        const base::SteadyTime began = steady_clock::now();
        std::vector<std::unique_ptr<Entry>> entries = queue_.take_all();
        hold(entries);
        journal_held();
        if (waits_for_journal() || !goes_on || steady_clock::now() >= next_sync_) sync();
        if (held_.empty()) journalled_before_ = began.time_since_epoch();
        for (const auto& entry : entries) {
            if (entry->recorded) entry->recorded();
        }
    }
    lost_ += held_rows_;
    if (held_rows_ == 0) return;
    log_.error("recorded rows are lost: the journal did not take them before the gateway ended",
               {{"rows", static_cast<std::int64_t>(held_rows_)}});
}

void UsageRecorder::hold(const std::vector<std::unique_ptr<Entry>>& entries) {
    std::size_t lost = 0;
    for (const auto& entry : entries) {
        bytes_ -= entry->size();
        if (held_rows_ >= kMaxHeld) {
            ++lost;
            continue;
        }
        if (held_.empty() || held_.back().bytes.size() >= kPiece) held_.emplace_back();
        const std::size_t before = held_.back().bytes.size();
        append_record(held_.back().bytes, {entry->table(), entry->row()});
        bytes_ += held_.back().bytes.size() - before;
        ++held_.back().count;
        ++held_rows_;
    }
    if (lost == 0) return;
    lost_ += lost;
    log_.error("recorded rows are lost: the journal takes none and the memory for them is full",
               {{"rows", static_cast<std::int64_t>(lost)}});
}

void UsageRecorder::journal_held() {
    while (!held_.empty()) {
        const Rows& rows = held_.front();
        if (const base::Status appended = journal_.append(rows.bytes); !appended.ok())
            return refused(appended.error());
        if (next_sync_ == base::SteadyTime()) next_sync_ = steady_clock::now() + kSyncEvery;
        held_rows_ -= rows.count;
        bytes_ -= rows.bytes.size();
        journalled_(rows.count);
        held_.pop_front();
    }
    refuses_ = false;
}

void UsageRecorder::refused(const base::Error& error) {
    refuses_ = true;
    if (steady_clock::now() < next_complaint_) return;
    next_complaint_ = steady_clock::now() + kBetweenJournalComplaints;
    log_.error("what was recorded waits in memory: " + error.message,
               {{"rows", static_cast<std::int64_t>(held_rows_)}});
}

void UsageRecorder::sync() {
    if (next_sync_ == base::SteadyTime()) return;
    next_sync_ = {};
    if (const base::Status synced = journal_.sync(); !synced.ok())
        log_.error("what was recorded may not survive a loss of power: " + synced.error().message);
}

}  // namespace gomodel::record
