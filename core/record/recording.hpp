// Everything that keeps what was recorded: the journal, the recorder's thread, the writer's thread,
// the storage. One for the process, made after the first generation and stopped after the loops.
#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "record/journal.hpp"
#include "record/storage.hpp"
#include "record/storage_writer.hpp"
#include "record/usage_recorder.hpp"

namespace gomodel::record {

class Recording {
public:
    // `open` makes the storage; see StorageWriter. A journal's folder that cannot be used is
    // reported, and one in a temporary folder takes its place: kUnavailable if that fails, too.
    // All must outlive it.
    static base::Result<std::unique_ptr<Recording>> start(const config::Settings& settings,
                                                          StorageWriter::Open open,
                                                          const base::Clock& clock, base::Log& log);
    // As stop().
    ~Recording();

    UsageRecorder& usage() { return *usage_; }
    StorageSlot& storage() { return storage_; }
    // The last call to the storage worked. Any thread.
    bool storage_works() const { return writer_->counts().up; }
    // The journal is neither full nor on a disk that fails. Any thread.
    bool journal_takes() const { return !usage_->counts().journal_refuses; }

    // Brings what was recorded before into the storage. False: that takes longer than `limit`, or
    // the storage fails. Not on a loop.
    bool flush(base::Duration limit);

    // Journals what the loops have recorded; nothing more is taken. After the last request.
    void close();
    // close(), and writes to the storage what it has not, for as long as that works and a few
    // seconds at most.
    void stop();
    // As Prometheus sees it. Any thread.
    std::vector<prometheus::MetricFamily> metrics() const;

private:
    Recording(std::unique_ptr<Journal> journal, std::uint64_t limit)
        : journal_(std::move(journal)), limit_(limit) {}

    const std::unique_ptr<Journal> journal_;
    const std::uint64_t limit_;
    StorageSlot storage_;
    std::unique_ptr<StorageWriter> writer_;
    std::unique_ptr<UsageRecorder> usage_;
};

}  // namespace gomodel::record
