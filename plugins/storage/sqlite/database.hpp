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

    // How much of the file a connection keeps in memory, at most.
    enum class Cache { kWriter, kLarge, kSmall };
    struct Opened {
        Poco::Data::Session session;
        Cache cache;
    };
    // The connections of one kind, made when they are needed. Of those that read, the first has a
    // large cache, which holds the index that a page far down a log of a million rows walks over,
    // and is lent whenever it is there; the others, for what is asked meanwhile, have small ones.
    struct Pool {
        std::vector<Opened> idle;  // the last one is lent first
        std::size_t lent = 0;
        std::size_t most = 1;
        bool has_large = false;  // idle or lent
    };

    static const char* cache_size(Cache cache);
    Poco::Data::Session open(Cache cache) const;
    void make_folder() const;
    std::unique_ptr<sql::Connection> lend(Pool& pool, gomodel::Call call);
    void give_back(Pool& pool, Opened opened, bool sound);
    [[noreturn]] void fail(int code, const std::string& message) const;

    const Options options_;
    std::mutex mutex_;
    std::condition_variable returned_;
    Pool writer_;
    Pool readers_;
    Prepared inserts_;  // of the writer's connection; used by who has it
};

}  // namespace storage_sqlite
