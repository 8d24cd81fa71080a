// A connection to PostgreSQL in the hands of one call.
#pragma once

#include <Poco/Data/Session.h>
#include <libpq-fe.h>
#include <gomodel/error.hpp>

#include <exception>
#include <optional>
#include <string>

#include "connection_string.hpp"
#include "sql/connection.hpp"
#include "watch.hpp"

namespace storage_postgresql {

class PostgresqlDatabase;

PGconn* handle_of(Poco::Data::Session& session);

[[noreturn]] void fail_over(gomodel::Call call);

// What the driver threw, as the Error an operator reads: the server's own words and its SQLSTATE's
// meaning, without the statement and without the password.
gomodel::Error failure(const std::exception& thrown, const Target& target);

class Lent final : public sql::Connection {
public:
    Lent(PostgresqlDatabase& database, const Poco::Data::Session& session, gomodel::Call call);
    ~Lent() override;

    void begin() override;
    void commit() override;
    std::uint64_t changes() override { return 0; }  // statements give their number themselves
    void lock_schema() override;

protected:
    Poco::Data::Session& session() override { return session_; }
    bool as_text() const override { return true; }
    [[noreturn]] void fail(const std::exception& thrown) override;

private:
    PostgresqlDatabase& database_;
    Poco::Data::Session session_;
    const gomodel::Call call_;
    std::optional<Watch::Watched> watched_;
};

}  // namespace storage_postgresql
