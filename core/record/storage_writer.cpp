#include "record/storage_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <new>

#include "base/thread_role.hpp"
#include "record/audit_schema.hpp"
#include "record/usage_entry.hpp"

namespace gomodel::record {
namespace {

constexpr auto kSweepEvery = std::chrono::hours(1);
constexpr int kLoneRefusals = 10;
constexpr std::uint64_t kSweepAtOnce = 5000;  // rows; the database serves others in between
constexpr auto kAdoptEvery = std::chrono::minutes(1);
constexpr auto kBetweenStorageComplaints = std::chrono::minutes(1);
// Rows that come faster than this are written together: a database writes each page that they
// touch once for all of them.
constexpr auto kBetweenWrites = std::chrono::milliseconds(500);

// Another try would end the same way.
bool is_final(const base::Error& error) {
    return error.code == base::Code::kInvalid || error.code == base::Code::kUnsupported;
}

}  // namespace

StorageWriter::StorageWriter(Journal& journal, StorageSlot& slot, Open open, Options options,
                             const base::Clock& clock, base::Log& log)
    : journal_(journal),
      slot_(slot),
      open_(std::move(open)),
      options_(std::move(options)),
      clock_(clock),
      log_(log),
      thread_([this] { work(); }) {}

StorageWriter::~StorageWriter() {
    stop(base::Duration::zero());
}

void StorageWriter::rows_came(std::size_t rows) {
    {
        const std::lock_guard lock(mutex_);
        came_ += rows;
        if (came_ < options_.batch) return;
    }
    wake_.notify_one();
}

void StorageWriter::hurry() {
    {
        const std::lock_guard lock(mutex_);
        came_ += options_.batch;
        hurried_ = true;
    }
    wake_.notify_one();
}

void StorageWriter::stop(base::Duration limit) {
    {
        const std::lock_guard lock(mutex_);
        if (!stop_) deadline_ = clock_.steady() + limit;
        stop_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

StorageWriter::Counts StorageWriter::counts() const {
    return {written_, rejected_, failures_, torn_, up_};
}

// Until there is a reason to write. False: it is time to end.
bool StorageWriter::wait() {
    std::unique_lock lock(mutex_);
    if (retry_.count() > 0) {
        wake_.wait_for(lock, retry_, [this] { return stop_; });
    } else {
        wake_.wait_for(lock, options_.interval,
                       [this] { return stop_ || came_ >= options_.batch; });
        const base::Duration early = last_write_ + kBetweenWrites - clock_.steady();
        if (early.count() > 0) wake_.wait_for(lock, early, [this] { return stop_ || hurried_; });
    }
    came_ = 0;
    hurried_ = false;
    return !stop_;
}

// Does what may need memory. Where there is none it has failed, to be tried again.
template <typename Step>
void StorageWriter::attempt(Step step) {
    try {
        step();
    } catch (const std::bad_alloc&) {
        failed("there is no memory");
    }
}

void StorageWriter::work() {
    const base::ThreadRole role(base::Role::kWorker);
    attempt([this] { open_storage(); });
    for (bool goes_on = true; goes_on;) {
        attempt([this] {
            if (slot_.get() != nullptr) remove_old_rows();
        });
        goes_on = wait();
        attempt([this, goes_on] {
            if (slot_.get() != nullptr || open_storage()) write_all(goes_on);
        });
    }
    if (!journal_.pending()) return;
    log_.warn("rows wait in the journal; the next gateway with this folder writes them",
              {{"bytes", static_cast<std::int64_t>(journal_.size())}});
}

// What is there, or at the end as much of it as there is time for.
void StorageWriter::write_all(bool goes_on) {
    take_left_behind();
    base::SteadyTime began = clock_.steady();
    Wrote wrote = write_some(journal_);
    while (wrote == Wrote::kSome) {
        if (!goes_on && clock_.steady() >= deadline_) break;
        began = clock_.steady();
        wrote = write_some(journal_);
    }
    last_write_ = clock_.steady();
    if (wrote == Wrote::kNothing) written_before_ = began.time_since_epoch();
}

bool StorageWriter::open_storage() {
    base::Result<std::shared_ptr<Storage>> storage = open_();
    base::Status fits;
    if (storage.ok()) fits = (*storage)->ensure(usage_schema());
    if (storage.ok() && fits.ok()) fits = (*storage)->ensure(audit_schema());
    if (!storage.ok() || !fits.ok()) {
        failed((storage.ok() ? fits.error() : storage.error()).message);
        slot_.note_failure();
        return false;
    }
    slot_.set(std::move(*storage));
    worked();
    log_.info("storage is ready");
    return true;
}

StorageWriter::Wrote StorageWriter::write_some(Journal& journal) {
    const base::Result<JournalBatch> batch = journal.read(options_.at_once);
    if (!batch.ok()) {
        failed(batch.error().message);
        return Wrote::kFailed;
    }
    if (batch->torn > 0) {
        torn_ += batch->torn;
        log_.warn("the end of a part of the journal was cut off, as when a machine loses power",
                  {{"bytes", static_cast<std::int64_t>(batch->torn)}});
    }
    if (batch->records.empty() && batch->torn == 0) return Wrote::kNothing;
    base::Status done = write_batch(*batch);
    if (done.ok()) done = journal.advance(batch->end);
    if (!done.ok()) {
        failed(done.error().message);
        return Wrote::kFailed;
    }
    written_ += batch->records.size();
    worked();
    return batch->records.empty() ? Wrote::kNothing : Wrote::kSome;
}

// The rows of one table are one write.
base::Status StorageWriter::write_batch(const JournalBatch& batch) {
    std::map<std::string_view, RowViews> tables;
    for (const JournalRecord& record : batch.records)
        tables[record.table].push_back(record.row);
    for (const auto& [table, rows] : tables) {
        if (base::Status written = write_table(table, rows); !written.ok()) return written;
    }
    return {};
}

// A row the storage will never take must not hold up the others. When it takes none at all the
// fault is hardly theirs: they wait; but one that comes alone, because it is large, cannot wait for
// others to show whose fault it is.
base::Status StorageWriter::write_table(std::string_view table, const RowViews& rows) {
    std::vector<Refused> refused;
    if (base::Status written = write_rows(table, rows, refused); !written.ok()) return written;
    if (rows.size() == 1 && refused.size() == 1) {
        if (++lone_refusals_ < kLoneRefusals) return refused[0].why;
    } else if (refused.size() == rows.size()) {
        return refused[0].why;
    }
    lone_refusals_ = 0;
    for (const Refused& one : refused) {
        if (base::Status kept = reject(table, one); !kept.ok()) return kept;
    }
    return {};
}

// Halves find the rows that are refused.
base::Status StorageWriter::write_rows(std::string_view table, const RowViews& rows,
                                       std::vector<Refused>& refused) {
    std::size_t size = 2;
    for (const std::string_view row : rows)
        size += row.size() + 1;
    std::string json = "[";
    json.reserve(size);
    for (const std::string_view row : rows)
        json.append(json.size() == 1 ? "" : ",").append(row);
    json += ']';
    base::Status written = slot_.get()->write(table, json, WriteMode::kIgnore);
    if (written.ok() || !is_final(written.error())) return written;
    if (rows.size() == 1) {
        refused.push_back({rows[0], written.error()});
        return {};
    }
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
    base::Status first = write_rows(table, {rows.begin(), middle}, refused);
    if (!first.ok()) return first;
    return write_rows(table, {middle, rows.end()}, refused);
}

// Kept in a file for people.
base::Status StorageWriter::reject(std::string_view table, const Refused& refused) {
    const int fd =
        ::open(options_.rejected.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string line =
        R"({"table":")" + std::string(table) + R"(","row":)" + std::string(refused.row) + "}\n";
    const bool kept =
        fd >= 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (fd >= 0) ::close(fd);
    if (!kept) return refused.why;
    ++rejected_;
    log_.error("the storage refuses a row; it is kept in a file: " + refused.why.message,
               {{"table", table}, {"file", std::string_view(options_.rejected.native())}});
    return {};
}

// What gateways left in their journals that are no more.
void StorageWriter::take_left_behind() {
    if (options_.left_behind.empty() || clock_.steady() < next_adoption_) return;
    next_adoption_ = clock_.steady() + kAdoptEvery;
    for (const auto& journal : Journal::left_behind(options_.left_behind)) {
        while (write_some(*journal) == Wrote::kSome) {
        }
        if (!journal->pending()) journal->remove();
    }
}

void StorageWriter::remove_old_rows() {
    if (clock_.steady() < next_sweep_) return;
    const bool usage_done = remove_older(kUsageTable, options_.usage_days);
    const bool audit_done = remove_older(kAuditTable, options_.audit_days);
    if (usage_done && audit_done) next_sweep_ = clock_.steady() + kSweepEvery;
}

// Some of them. False: there are more; rows that wait to be written go first.
bool StorageWriter::remove_older(std::string_view table, int days) {
    if (days <= 0) return true;
    const base::WallTime oldest = clock_.wall() - std::chrono::hours(24) * days;
    const base::Result<std::uint64_t> gone = slot_.get()->erase(
        R"({"table":")" + std::string(table) + R"(","where":[["timestamp","<",")" +
        storage_time(oldest) + R"("]],"limit":)" + std::to_string(kSweepAtOnce) + "}");
    if (!gone.ok()) {
        failed(gone.error().message);
        return true;
    }
    if (*gone != 0) {
        log_.info("old rows were removed",
                  {{"table", table}, {"rows", static_cast<std::int64_t>(*gone)}});
    }
    return *gone < kSweepAtOnce;
}

void StorageWriter::failed(std::string_view why) {
    ++failures_;
    up_ = false;
    retry_ = std::clamp(retry_ * 2, options_.first_retry, options_.last_retry);
    if (clock_.steady() < next_complaint_) return;
    next_complaint_ = clock_.steady() + kBetweenStorageComplaints;
    log_.warn("the storage takes no rows; they wait in the journal",
              {{"error", why}, {"journal_bytes", static_cast<std::int64_t>(journal_.size())}});
}

void StorageWriter::worked() {
    if (!up_ && retry_.count() > 0) log_.info("the storage works again");
    up_ = true;
    retry_ = {};
    next_complaint_ = {};
}

}  // namespace gomodel::record
