// SQL functions that SQLite lacks, for one connection:
//   gm_time(x)               a stored time in any form, as "2026-02-17T10:00:05.123000000Z"
//   gm_bucket(x, by, zone)   the label of the hour, day, week, month or year it is in, there
#pragma once

#include <sqlite3.h>

namespace storage_sqlite {

// False: not possible; sqlite3_errmsg() says why.
bool add_functions(sqlite3* connection);

}  // namespace storage_sqlite
