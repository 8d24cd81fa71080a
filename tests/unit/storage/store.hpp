// A storage with the calls its tests are made of.
#pragma once

#include <gomodel/error.hpp>
#include <gomodel/testing/fake_host.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sql/storage.hpp"
#include "storage/sqlite/database.hpp"

namespace gomodel::tests {

class Store {
public:
    explicit Store(std::unique_ptr<sql::Database> database) : storage_(std::move(database)) {}
    explicit Store(const std::string& path)
        : Store(std::make_unique<storage_sqlite::SqliteDatabase>(
              storage_sqlite::Options{path, std::chrono::milliseconds(200)})) {}

    void ensure(std::string_view schema) { storage_.ensure(call(), schema); }
    void write(std::string_view table, std::string_view rows, WriteMode mode = WriteMode::kInsert) {
        storage_.write(call(), table, rows, mode);
    }
    std::vector<std::string> read(std::string_view query) {
        gm_rows_t rows{sizeof rows, nullptr, nullptr};
        std::vector<std::string> found;
        rows.host_data = &found;
        rows.add = [](const gm_rows_t* self, gm_str_t json) {
            static_cast<std::vector<std::string>*>(self->host_data)
                ->emplace_back(json.data, json.len);
            return true;
        };
        storage_.read(call(), query, Rows(&rows));
        return found;
    }
    std::uint64_t update(std::string_view query, std::string_view set) {
        return storage_.update(call(), query, set);
    }
    std::uint64_t erase(std::string_view query) { return storage_.erase(call(), query); }

    testing::FakeCall& fake() { return call_; }
    sql::SqlStorage& storage() { return storage_; }

    // The message of the Error that `body` throws; its status goes to `status`.
    template <typename Body>
    static std::string refusal(const Body& body, gm_status_t* status = nullptr) {
        try {
            body();
        } catch (const Error& error) {
            if (status != nullptr) *status = error.status();
            return error.message();
        }
        return "not refused";
    }

private:
    Call call() const { return Call(call_.abi()); }

    sql::SqlStorage storage_;
    testing::FakeCall call_;
};

}  // namespace gomodel::tests
