// What was recorded and is not in the storage yet, on disk: rows are appended by the recorder's
// thread and read, in order, by the one that writes to the storage. Opened again after a crash it
// goes on where the storage got to; rows that are read twice have the ids they had the first time.
// Two threads: append() and sync() on one, read() and advance() on the other; the rest anywhere.
// docs/journal.md describes the files.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "record/journal_format.hpp"

namespace gomodel::record {

struct JournalLimits {
    std::uint64_t max_bytes = std::uint64_t{1} << 30;  // of all segments
    std::uint64_t segment_bytes = std::uint64_t{16} << 20;
};

// Some records, in the order they were appended.
struct JournalBatch {
    std::unique_ptr<std::string> bytes;  // what the records view
    std::vector<JournalRecord> records;
    JournalPosition end;     // behind the last one
    std::uint64_t torn = 0;  // bytes on the way that were no whole records
};

class Journal {
public:
    // Takes the first folder <folder>/<number> that no other process uses; makes it if there is
    // none. The error names the folder.
    static base::Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                                       JournalLimits limits);
    // The journals in `folder` that a process left behind: those nobody uses any more.
    static std::vector<std::unique_ptr<Journal>> left_behind(const std::filesystem::path& folder);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    // Appends encoded records: all of them or none. Afterwards they survive the end of the process.
    // kExhausted: the journal is at its limit; kUnavailable: the disk does not take them.
    base::Status append(std::string_view records);
    // Afterwards what was appended survives the end of the machine.
    base::Status sync();

    // At most `max_records` of the records that follow the last advance(); none: there are none.
    base::Result<JournalBatch> read(std::size_t max_records);
    // Everything before `end` is in the storage. Frees the segments that are done with.
    base::Status advance(const JournalPosition& end);

    // Bytes on disk. Any thread.
    std::uint64_t size() const { return size_; }
    // True iff something may wait to be read. Any thread.
    bool pending() const;
    const std::filesystem::path& folder() const { return folder_; }
    // Removes the folder. REQUIRES: nothing is pending, nobody appends.
    void remove();

private:
    Journal(std::filesystem::path folder, int lock, JournalLimits limits);

    static base::Result<std::unique_ptr<Journal>> lock(const std::filesystem::path& folder,
                                                       JournalLimits limits);
    void find_segments();
    void remove_read();
    base::Status begin_segment();
    void end_segment();
    base::Error failure(std::string_view what) const;
    std::filesystem::path path(std::uint64_t segment) const;
    // What a reader may see of a segment, from `offset`.
    base::Result<std::string> bytes_of(std::uint64_t segment, std::uint64_t offset,
                                       std::uint64_t wanted);
    std::uint64_t readable(std::uint64_t segment) const;
    std::uint64_t next_segment(std::uint64_t after) const;

    const std::filesystem::path folder_;
    const int lock_;
    const JournalLimits limits_;
    int file_ = -1;       // of the segment that is appended to
    bool dirty_ = false;  // appended and not synced

    mutable std::mutex mutex_;  // guards what follows
    struct Segment {
        std::uint64_t number = 0;
        std::uint64_t size = 0;
    };
    std::vector<Segment> segments_;  // in order; the last one may be the one appended to
    JournalPosition position_;       // where the storage got to
    std::uint64_t last_number_ = 0;
    std::atomic<std::uint64_t> size_ = 0;
};

}  // namespace gomodel::record
