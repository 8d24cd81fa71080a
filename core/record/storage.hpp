// Tables with typed columns, somewhere: what the storage interface of the plugin ABI offers
// (sdk/include/gomodel/abi/storage.h describes the JSON), as a class. Functions may block: never
// on a loop. Several threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/result.hpp"

namespace gomodel::record {

// What write() does with a row whose key exists: fail, replace it, leave it.
enum class WriteMode : std::uint32_t { kInsert = 0, kUpsert = 1, kIgnore = 2 };

class Storage {
public:
    using Take = std::function<bool(std::string_view row)>;

    virtual ~Storage() = default;
    // Makes a table fit the schema.
    virtual base::Status ensure(std::string_view schema) = 0;
    // Writes a JSON array of rows: all of them or none.
    virtual base::Status write(std::string_view table, std::string_view rows, WriteMode mode) = 0;
    // Calls take() with each row, a JSON object, until it returns false.
    virtual base::Status read(std::string_view query, const Take& take) = 0;
    // How many rows were changed, or went.
    virtual base::Result<std::uint64_t> update(std::string_view query, std::string_view set) = 0;
    virtual base::Result<std::uint64_t> erase(std::string_view query) = 0;
};

// The storage of the process, once there is one. Any thread.
class StorageSlot {
public:
    // nullptr: it is not there yet.
    std::shared_ptr<Storage> get() const {
        const std::lock_guard lock(mutex_);
        return storage_;
    }
    void set(std::shared_ptr<Storage> storage) {
        {
            const std::lock_guard lock(mutex_);
            storage_.swap(storage);
        }
        tell(true);
    }
    // It was tried to open one, in vain.
    void note_failure() { tell(false); }

    // `listener` is called from now on, on any thread: true after set(), false after
    // note_failure(). One at a time; an empty one ends that, and when this returns none runs.
    void on_news(std::function<void(bool opened)> listener) {
        const std::lock_guard lock(listener_mutex_);
        listener_ = std::move(listener);
    }

private:
    void tell(bool opened) {
        const std::lock_guard lock(listener_mutex_);
        if (listener_) listener_(opened);
    }

    mutable std::mutex mutex_;
    std::shared_ptr<Storage> storage_;
    std::mutex listener_mutex_;
    std::function<void(bool)> listener_;
};

}  // namespace gomodel::record
