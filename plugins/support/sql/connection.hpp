// One connection to a database, lent to one call: it runs statements, and ends them when the call's
// deadline passes or nobody wants the result any more. Used by one thread at a time.
#pragma once

#include <Poco/Data/Session.h>
#include <gomodel/call.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "sql/dialect.hpp"
#include "sql/value.hpp"

namespace sql {

class Connection {
public:
    // Takes a row: the text of its one column. False: no more are wanted.
    using UseRow = std::function<bool(std::string_view)>;

    virtual ~Connection() = default;  // gives the connection back; rolls back what is not committed

    // Throws Error, whose message says what the database said. Rows are used as they come.
    virtual void run(const Statement& statement, const UseRow& use = {});

    virtual void begin() = 0;  // to write
    virtual void commit() = 0;
    // Rows that the last INSERT, UPDATE or DELETE changed. Only where Dialect::counted() leaves a
    // statement as it is.
    virtual std::uint64_t changes() = 0;
    // Keeps other processes from changing tables until the end of the transaction.
    virtual void lock_schema() = 0;

protected:
    virtual Poco::Data::Session& session() = 0;
    // Throws the Error for what has just been thrown.
    [[noreturn]] virtual void fail(const std::exception& thrown) = 0;
    // Whether every value is sent as text.
    virtual bool as_text() const = 0;
};

// Where connections come from. Safe from any thread.
class Database {
public:
    virtual ~Database() = default;

    virtual const Dialect& dialect() const = 0;
    // For messages: the file, or the server without a password.
    virtual std::string name() const = 0;
    // Wait for a free connection until the call's deadline; throw Error. The call must outlive it.
    virtual std::unique_ptr<Connection> reader(gomodel::Call call) = 0;
    virtual std::unique_ptr<Connection> writer(gomodel::Call call) = 0;

    // Give rows {"name","type"} and {"name"}.
    virtual Statement columns_of(std::string_view table) const = 0;
    virtual Statement indexes_of(std::string_view table) const = 0;
    // Creates gomodel_migrations unless it exists.
    virtual Statement create_migrations() const = 0;
};

}  // namespace sql
