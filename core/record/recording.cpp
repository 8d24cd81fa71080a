#include "record/recording.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "record/single_metric.hpp"

namespace gomodel::record {
namespace {

namespace fs = std::filesystem;

constexpr auto kFlushLimit = std::chrono::seconds(10);

// Somewhere to write, at least until the machine starts anew.
base::Result<fs::path> temporary_folder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "gomodel-journal-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr) {
        return base::Error{base::Code::kUnavailable,
                           "recorder.journal.path: neither this folder nor a temporary one can be "
                           "used for the journal"};
    }
    return fs::path(name);
}

base::Result<std::unique_ptr<Journal>> open_journal(const config::RecorderSettings& settings,
                                                    base::Log& log) {
    JournalLimits limits;
    limits.max_bytes = settings.journal.max_size;
    base::Result<std::unique_ptr<Journal>> journal = Journal::open(settings.journal.path, limits);
    if (journal.ok()) return journal;
    const base::Result<fs::path> instead = temporary_folder();
    if (!instead.ok()) return instead.error();
    log.error("recorder.journal.path: " + journal.error().message +
                  "; what is not in the storage yet will not be found again after a restart",
              {{"instead", std::string_view(instead->native())}});
    return Journal::open(*instead, limits);
}

}  // namespace

base::Result<std::unique_ptr<Recording>> Recording::start(const config::Settings& settings,
                                                          StorageWriter::Open open,
                                                          const base::Clock& clock,
                                                          base::Log& log) {
    base::Result<std::unique_ptr<Journal>> journal = open_journal(settings.recorder, log);
    if (!journal.ok()) return journal.error();
    std::unique_ptr<Recording> recording(
        new Recording(std::move(*journal), settings.recorder.journal.max_size));
    Journal& kept = *recording->journal_;
    StorageWriter::Options options;
    options.batch = static_cast<std::size_t>(settings.usage.recording.buffer_size);
    options.interval = settings.usage.recording.flush_interval;
    options.usage_days = settings.usage.recording.retention_days;
    options.audit_days = settings.logging.recording.retention_days;
    if (settings.logging.enabled) {
        options.batch = std::min(options.batch,
                                 static_cast<std::size_t>(settings.logging.recording.buffer_size));
        options.interval =
            std::min(options.interval, base::Duration(settings.logging.recording.flush_interval));
    }
    options.left_behind = kept.folder().parent_path();
    options.rejected = kept.folder().parent_path() / "rejected.jsonl";
    recording->writer_ = std::make_unique<StorageWriter>(kept, recording->storage_, std::move(open),
                                                         std::move(options), clock, log);
    recording->usage_ = std::make_unique<UsageRecorder>(
        kept, settings.recorder.sync, log,
        [&writer = *recording->writer_](std::size_t rows) { writer.rows_came(rows); });
    return recording;
}

Recording::~Recording() {
    stop();
}

void Recording::close() {
    usage_->stop();
}

void Recording::stop() {
    close();
    writer_->stop(kFlushLimit);
}

bool Recording::flush(base::Duration limit) {
    constexpr auto kLookAgain = std::chrono::milliseconds(2);
    const auto asked = std::chrono::steady_clock::now();
    const auto deadline = asked + limit;
    const auto wait_for = [&](const auto& done, std::uint64_t failures) {
        while (!done()) {
            if (std::chrono::steady_clock::now() >= deadline) return false;
            if (writer_->counts().failures != failures) return false;
            std::this_thread::sleep_for(kLookAgain);
        }
        return true;
    };
    if (storage_.get() == nullptr) return false;
    const std::uint64_t failures = writer_->counts().failures;
    usage_->hurry();
    if (!wait_for([&] { return usage_->journalled_before() >= asked; }, failures)) return false;
    const auto journalled = std::chrono::steady_clock::now();
    writer_->hurry();
    return wait_for([&] { return writer_->written_before() >= journalled; }, failures);
}

std::vector<prometheus::MetricFamily> Recording::metrics() const {
    using prometheus::MetricType;
    const UsageRecorder::Counts recorder = usage_->counts();
    const StorageWriter::Counts writer = writer_->counts();
    const auto real = [](std::uint64_t value) { return static_cast<double>(value); };
    const auto gauge = MetricType::Gauge;
    const auto counter = MetricType::Counter;
    return {
        single_metric("gomodel_recorder_depth", "Entries that are not in the journal yet", gauge,
                      real(recorder.depth)),
        single_metric("gomodel_recorder_lost_entries_total",
                      "Entries that neither the journal nor memory could take", counter,
                      real(recorder.lost)),
        single_metric("gomodel_journal_bytes", "Size of the journal on disk", gauge,
                      real(journal_->size())),
        single_metric("gomodel_journal_limit_bytes", "Size that the journal may have", gauge,
                      real(limit_)),
        single_metric("gomodel_journal_refuses",
                      "1 while the journal takes nothing: it is at its limit, or the disk fails",
                      gauge, recorder.journal_refuses ? 1 : 0),
        single_metric("gomodel_journal_torn_bytes_total",
                      "Bytes of the journal that a crash had cut off", counter, real(writer.torn)),
        single_metric("gomodel_storage_up", "1 if the last call to the storage worked", gauge,
                      writer.up ? 1 : 0),
        single_metric("gomodel_storage_rows_written_total",
                      "Rows brought from the journal to the storage", counter,
                      real(writer.written)),
        single_metric("gomodel_storage_write_failures_total",
                      "Failed attempts to open the storage or to write to it", counter,
                      real(writer.failures)),
        single_metric("gomodel_storage_rejected_rows_total",
                      "Rows that the storage will never take, kept in a file", counter,
                      real(writer.rejected)),
    };
}

}  // namespace gomodel::record
