// The thread that brings rows from the journal into the storage: in batches, a transaction each,
// and again after a failure. Opens the storage when there is none yet, so that a database that is
// not there at the start costs nothing but time. Also removes rows that have grown old.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "record/journal.hpp"
#include "record/storage.hpp"

namespace gomodel::record {

class StorageWriter {
public:
    struct Options {
        std::size_t batch = 1000;                           // rows that are written without waiting
        std::size_t at_once = 8000;                         // rows in a transaction, at most
        base::Duration interval = std::chrono::seconds(5);  // after which fewer are, too
        int usage_days = 0;                                 // 0: rows are kept for ever
        int audit_days = 0;                                 // the same
        base::Duration first_retry = std::chrono::seconds(1);
        base::Duration last_retry = std::chrono::seconds(30);
        std::filesystem::path
            left_behind;                 // where journals of other processes may lie; empty: none
        std::filesystem::path rejected;  // the file for rows that the storage will never take
    };
    struct Counts {
        std::uint64_t written = 0;   // rows
        std::uint64_t rejected = 0;  // rows
        std::uint64_t failures = 0;  // of writes, and of opening the storage
        std::uint64_t torn = 0;      // bytes of the journal that were no whole rows
        bool up = false;             // the last call to the storage worked
    };
    using Open = std::function<base::Result<std::shared_ptr<Storage>>()>;

    // All of them must outlive it. `open` is called on the writer's thread; what it returns is put
    // into the slot once its tables fit.
    StorageWriter(Journal& journal, StorageSlot& slot, Open open, Options options,
                  const base::Clock& clock, base::Log& log);
    ~StorageWriter();

    // The journal has so many rows more. Any thread.
    void rows_came(std::size_t rows);
    // Writes what is left, for at most `limit` and unless the storage fails; ends the thread.
    void stop(base::Duration limit);
    Counts counts() const;  // any thread

    // Writes at once what the journal has. Any thread.
    void hurry();
    // The storage has every row that was in the journal before this moment. Any thread.
    base::SteadyTime written_before() const { return base::SteadyTime(written_before_.load()); }

private:
    enum class Wrote { kNothing, kSome, kFailed };

    void work();
    template <typename Step>
    void attempt(Step step);
    bool wait();
    void write_all(bool goes_on);
    bool open_storage();
    Wrote write_some(Journal& journal);
    base::Status write_batch(const JournalBatch& batch);
    struct Refused {
        std::string_view row;
        base::Error why;
    };
    using RowViews = std::vector<std::string_view>;
    base::Status write_table(std::string_view table, const RowViews& rows);
    base::Status write_rows(std::string_view table, const RowViews& rows,
                            std::vector<Refused>& refused);
    base::Status reject(std::string_view table, const Refused& refused);
    void take_left_behind();
    void remove_old_rows();
    bool remove_older(std::string_view table, int days);
    void failed(std::string_view why);
    void worked();

    Journal& journal_;
    StorageSlot& slot_;
    const Open open_;
    const Options options_;
    const base::Clock& clock_;
    base::Log& log_;
    // The thread's own.
    base::Duration retry_{};  // 0: nothing has failed
    int lone_refusals_ = 0;   // of a row that is the only one of its table in a batch
    base::SteadyTime last_write_{};
    base::SteadyTime next_sweep_{};
    base::SteadyTime next_adoption_{};
    base::SteadyTime next_complaint_{};

    std::atomic<std::uint64_t> written_ = 0;
    std::atomic<std::uint64_t> rejected_ = 0;
    std::atomic<std::uint64_t> failures_ = 0;
    std::atomic<std::uint64_t> torn_ = 0;
    std::atomic<bool> up_ = false;
    std::atomic<base::Duration> written_before_{};

    std::mutex mutex_;
    std::condition_variable wake_;
    std::size_t came_ = 0;
    bool hurried_ = false;
    bool stop_ = false;
    base::SteadyTime deadline_{};
    std::thread thread_;  // last: it uses the others
};

}  // namespace gomodel::record
