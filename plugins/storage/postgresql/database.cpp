#include "database.hpp"

#include <Poco/Data/DataException.h>
#include <Poco/Data/PostgreSQL/Connector.h>
#include <Poco/Data/PostgreSQL/SessionHandle.h>
#include <Poco/Data/PostgreSQL/Utility.h>
#include <poll.h>
#include <gomodel/error.hpp>

#include <chrono>
#include <memory>
#include <optional>

#include "lent.hpp"

namespace storage_postgresql {
namespace {

using gomodel::Call;
using gomodel::Error;

constexpr std::chrono::milliseconds kPoll(20);  // between looks at whether a call is over

// False: the server has closed the connection. Asks the socket, not the server: on an idle
// connection nothing arrives but the server's last words and the end.
bool is_open(Poco::Data::Session& session) {
    PGconn* const connection = handle_of(session);
    if (PQstatus(connection) != CONNECTION_OK) return false;
    pollfd ready{PQsocket(connection), POLLIN, 0};
    return poll(&ready, 1, 0) == 0;
}

// Poco's handle never frees a connection that broke or could not be made, some 20 KB each. These
// reach the member that would have to be freed and forgotten.
using Handle = Poco::Data::PostgreSQL::SessionHandle;
PGconn*& connection_in(Handle& handle);
template <PGconn* Handle::*kMember>
struct Reach {
    friend PGconn*& connection_in(Handle& handle) { return handle.*kMember; }
};
template struct Reach<&Handle::_pConnection>;

// Before a session is let go.
void free_if_broken(Poco::Data::Session& session) {
    PGconn*& connection = connection_in(*Poco::Data::PostgreSQL::Utility::handle(session));
    if (connection == nullptr || PQstatus(connection) == CONNECTION_OK) return;
    PQfinish(connection);
    connection = nullptr;
}

// Throws what the server says if it cannot be reached: Poco would lose the memory of that.
void try_to_connect(const std::string& options) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> tried(PQconnectdb(options.c_str()),
                                                             &PQfinish);
    if (PQstatus(tried.get()) == CONNECTION_OK) return;
    throw Poco::Data::ConnectionFailedException(PQerrorMessage(tried.get()));
}

}  // namespace

PGconn* handle_of(Poco::Data::Session& session) {
    return *Poco::Data::PostgreSQL::Utility::handle(session);
}

PostgresqlDatabase::PostgresqlDatabase(const std::string& url, std::size_t max_connections)
    : target_(parse_url(url)), most_(max_connections) {
    idle_.push_back(open());
}

PostgresqlDatabase::~PostgresqlDatabase() {
    for (Poco::Data::Session& session : idle_)
        free_if_broken(session);
}

Poco::Data::Session PostgresqlDatabase::open() const {
    try {
        try_to_connect(target_.options);
        // Not through Poco's registry of connectors, which would hold on to this module's
        // libraries.
        Poco::Data::Session session(Poco::Data::PostgreSQL::Connector().createSession(
            target_.options, Poco::Data::SessionImpl::LOGIN_TIMEOUT_DEFAULT));
        PGconn* const connection = handle_of(session);
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);  // with the SQLSTATE
        PQsetNoticeProcessor(
            connection, [](void*, const char*) {}, nullptr);
        PQsetClientEncoding(connection, "UTF8");
        return session;
    } catch (const std::exception& thrown) {
        throw failure(thrown, target_);
    }
}

std::unique_ptr<sql::Connection> PostgresqlDatabase::lend(Call call) {
    std::optional<Poco::Data::Session> session;
    {
        std::unique_lock lock(mutex_);
        while (lent_ == most_) {
            if (is_over(call)) fail_over(call);
            returned_.wait_for(lock, kPoll);
        }
        ++lent_;
        // After a restart of the server, all of them are closed.
        while (!session && !idle_.empty()) {
            if (is_open(idle_.back())) {
                session = idle_.back();
            } else {
                free_if_broken(idle_.back());
            }
            idle_.pop_back();
        }
    }
    try {
        if (!session) session = open();
        return std::make_unique<Lent>(*this, *session, call);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        --lent_;
        returned_.notify_all();
        throw;
    }
}

void PostgresqlDatabase::give_back(Poco::Data::Session& session, bool sound) {
    if (!sound) free_if_broken(session);
    const std::lock_guard lock(mutex_);
    --lent_;
    if (sound) idle_.push_back(session);
    returned_.notify_all();
}

sql::Statement PostgresqlDatabase::columns_of(std::string_view table) const {
    return {
        "SELECT json_build_object('name', attname, 'type', format_type(atttypid, "
        "atttypmod))::text FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(CAST($1 "
        "AS text))) AND attnum > 0 AND NOT attisdropped",
        {std::string(table)}};
}

sql::Statement PostgresqlDatabase::indexes_of(std::string_view table) const {
    return {
        "SELECT json_build_object('name', i.relname)::text FROM pg_index x JOIN pg_class i ON "
        "i.oid = x.indexrelid WHERE x.indrelid = to_regclass(quote_ident(CAST($1 AS text)))",
        {std::string(table)}};
}

sql::Statement PostgresqlDatabase::create_migrations() const {
    return {
        "CREATE TABLE IF NOT EXISTS gomodel_migrations (id bigint GENERATED ALWAYS AS IDENTITY "
        "PRIMARY KEY, component text NOT NULL, version bigint NOT NULL, change text NOT NULL, "
        "applied_at text NOT NULL)",
        {}};
}

}  // namespace storage_postgresql
