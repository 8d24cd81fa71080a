// A storage in memory that a test can make fail: tables of rows by id.
#pragma once

#include <gomodel/json_tree.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "record/storage.hpp"

namespace gomodel::record::tests {

class FakeStorage final : public Storage {
public:
    base::Status ensure(std::string_view schema) override {
        const std::lock_guard lock(mutex_);
        schemas_.emplace_back(schema);
        return {};
    }

    base::Status write(std::string_view table, std::string_view rows, WriteMode mode) override {
        const std::lock_guard lock(mutex_);
        ++writes_;
        changed_.notify_all();
        if (!failure_.ok()) return failure_;
        if (without_memory_ > 0) {
            --without_memory_;
            throw std::bad_alloc();
        }
        const json::Tree tree(rows);
        if (!tree.root().is_array()) return base::Error{base::Code::kInvalid, "no array of rows"};
        for (const json::Node row : tree.root()) {
            if (row["poison"]) return base::Error{base::Code::kInvalid, "poison"};
        }
        for (const json::Node row : tree.root()) {
            auto [at, is_new] = rows_.try_emplace(row["id"].text(), std::string(row.raw()));
            if (!is_new && mode == WriteMode::kInsert)
                return base::Error{base::Code::kInvalid, "id"};
            if (!is_new) ++repeated_;
        }
        tables_[std::string(table)] += tree.root().size();
        return {};
    }

    base::Status read(std::string_view, const Take&) override { return {}; }
    base::Result<std::uint64_t> update(std::string_view, std::string_view) override {
        return std::uint64_t{0};
    }
    base::Result<std::uint64_t> erase(std::string_view query) override {
        const std::lock_guard lock(mutex_);
        erased_.emplace_back(query);
        changed_.notify_all();
        return std::uint64_t{0};
    }

    // From now on; a Status that is ok ends it.
    void fail(base::Status failure) {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(failure);
    }
    // So many writes find no memory.
    void find_no_memory(int writes) {
        const std::lock_guard lock(mutex_);
        without_memory_ = writes;
    }
    // Waits for so many different rows. False: they did not come within a minute.
    bool wait_for_rows(std::size_t count) {
        return wait([&] { return rows_.size() >= count; });
    }
    bool wait_for_writes(std::size_t count) {
        return wait([&] { return writes_ >= count; });
    }
    bool wait_for_erase() {
        return wait([&] { return !erased_.empty(); });
    }

    std::map<std::string, std::string> rows() const { return locked(rows_); }
    std::size_t writes() const { return locked(writes_); }
    std::size_t repeated() const { return locked(repeated_); }
    std::vector<std::string> erased() const { return locked(erased_); }
    std::vector<std::string> schemas() const { return locked(schemas_); }

private:
    template <typename Condition>
    bool wait(Condition condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::minutes(1), condition);
    }
    template <typename T>
    T locked(const T& value) const {
        const std::lock_guard lock(mutex_);
        return value;
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    base::Status failure_;
    int without_memory_ = 0;
    std::map<std::string, std::string> rows_;  // by id
    std::map<std::string, std::size_t> tables_;
    std::vector<std::string> schemas_;
    std::vector<std::string> erased_;
    std::size_t writes_ = 0;
    std::size_t repeated_ = 0;
};

}  // namespace gomodel::record::tests
