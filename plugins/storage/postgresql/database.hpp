// A PostgreSQL database: up to max_conns connections, made when they are needed and made again when
// the server has closed them. Safe from any thread.
#pragma once

#include <Poco/Data/Session.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "connection_string.hpp"
#include "sql/connection.hpp"
#include "watch.hpp"

namespace storage_postgresql {

class PostgresqlDatabase final : public sql::Database {
public:
    // Connects once, to find out whether that works. Throws Error.
    PostgresqlDatabase(const std::string& url, std::size_t max_connections);
    ~PostgresqlDatabase() override;

    const sql::Dialect& dialect() const override { return sql::postgresql(); }
    std::string name() const override { return target_.name; }
    std::unique_ptr<sql::Connection> reader(gomodel::Call call) override { return lend(call); }
    std::unique_ptr<sql::Connection> writer(gomodel::Call call) override { return lend(call); }
    sql::Statement columns_of(std::string_view table) const override;
    sql::Statement indexes_of(std::string_view table) const override;
    sql::Statement create_migrations() const override;

    const Target& target() const { return target_; }
    Watch& watch() { return watch_; }
    // Takes a session back; one that is not sound is closed.
    void give_back(Poco::Data::Session& session, bool sound);

private:
    Poco::Data::Session open() const;
    std::unique_ptr<sql::Connection> lend(gomodel::Call call);

    const Target target_;
    const std::size_t most_;
    Watch watch_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<Poco::Data::Session> idle_;
    std::size_t lent_ = 0;
};

}  // namespace storage_postgresql
