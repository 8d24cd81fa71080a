// One table that operators manage: held in the storage, read into memory, published to the loops.
// Whatever may block is called on a worker's thread or the plane's own, several at once.
//
// A change is prepared in full, written to the storage, then published: when the write fails
// nothing has changed here, and when it has worked nothing can fail any more.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "record/storage.hpp"

namespace gomodel::control {

// What changes of tables fail with. kInvalid, kNotFound: the message is for whoever asked.
// kUnavailable: the table has not been read yet. kTimeout, kInternal: the storage; the message is
// for the log.
class ManagedTable {
public:
    // `in_doubt`: called after a write that failed, which may yet have reached the storage: the
    // table should be read again soon.
    explicit ManagedTable(std::function<void()> in_doubt) : in_doubt_(std::move(in_doubt)) {}
    virtual ~ManagedTable() = default;
    ManagedTable(const ManagedTable&) = delete;
    ManagedTable& operator=(const ManagedTable&) = delete;

    // Makes the table in the storage fit, if it is new, reads it and publishes what it holds.
    base::Status load(const std::shared_ptr<record::Storage>& storage);
    // Writes what is not worth a write each time it changes. Once a round.
    void tend();

protected:
    // What a change may use: the storage, and that nobody else changes or reads the table.
    struct Access {
        std::unique_lock<std::mutex> lock;
        record::Storage* storage = nullptr;  // nullptr: not read yet
    };
    Access access() {
        Access access{std::unique_lock(mutex_), nullptr};
        access.storage = storage_.get();
        return access;
    }

    virtual std::string_view schema() const = 0;
    // Reads every row and publishes. A row that cannot be understood is left out, and logged.
    virtual base::Status read(record::Storage& storage) = 0;
    virtual void tend(record::Storage& storage) { static_cast<void>(storage); }

    static base::Error not_read_yet();
    // The error of a call to the storage, in this layer's codes.
    static base::Error failed_read(const base::Error& error);
    base::Error failed_write(const base::Error& error) const;

private:
    const std::function<void()> in_doubt_;
    std::mutex mutex_;
    std::shared_ptr<record::Storage> storage_;  // that was read last
};

}  // namespace gomodel::control
