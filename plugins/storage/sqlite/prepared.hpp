// Statements of one connection that stay compiled between calls. Rows are written in batches of a
// few sizes, so their statements are the same again and again, and compiling one costs more than
// running it. Used by whoever has the connection.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "sql/value.hpp"

namespace storage_sqlite {

class Prepared {
public:
    Prepared() = default;
    ~Prepared() { clear(); }
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;

    // Runs a statement that gives no rows. False: it failed, and `connection` says how.
    bool run(sqlite3* connection, const std::string& text, const std::vector<sql::Value>& values);
    // Before the connection is closed.
    void clear();

private:
    struct Kept {
        std::string text;
        sqlite3_stmt* statement;
    };

    sqlite3_stmt* find(sqlite3* connection, const std::string& text);

    std::vector<Kept> kept_;  // the last one used last
};

}  // namespace storage_sqlite
