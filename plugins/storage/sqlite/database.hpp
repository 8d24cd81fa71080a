// A SQLite file: one connection that writes, and up to kReaders that read beside it (WAL). Safe
// from any thread.
#pragma once

#include <Poco/Data/Session.h>
#include <sqlite3.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "prepared.hpp"
#include "sql/connection.hpp"

namespace storage_sqlite {

struct Options {
    std::string path;
    std::chrono::milliseconds busy_timeout{5000};
};

class SqliteDatabase final : public sql::Database {
public:
    static constexpr std::size_t kReaders = 4;

    // Opens the file and creates it and its folder if need be. Throws Error, which names the file.
    explicit SqliteDatabase(Options options);
    ~SqliteDatabase() override;

    const sql::Dialect& dialect() const override { return sql::sqlite(); }
    std::string name() const override { return options_.path; }
    std::unique_ptr<sql::Connection> reader(gomodel::Call call) override;
    std::unique_ptr<sql::Connection> writer(gomodel::Call call) override;
    sql::Statement columns_of(std::string_view table) const override;
    sql::Statement indexes_of(std::string_view table) const override;
    sql::Statement create_migrations() const override;

private:
    class Lent;

    // The connections of one kind, made when they are needed.
    struct Pool {
        std::vector<Poco::Data::Session> idle;
        std::size_t lent = 0;
        std::size_t most = 1;
    };

    Poco::Data::Session open() const;
    void make_folder() const;
    std::unique_ptr<sql::Connection> lend(Pool& pool, gomodel::Call call);
    void give_back(Pool& pool, Poco::Data::Session session, bool sound);
    [[noreturn]] void fail(int code, const std::string& message) const;

    const Options options_;
    std::mutex mutex_;
    std::condition_variable returned_;
    Pool writer_;
    Pool readers_;
    Prepared inserts_;  // of the writer's connection; used by who has it
};

}  // namespace storage_sqlite
