// Makes a table of the database fit the host's description of it: what is missing is added, nothing
// is dropped, and what was done is recorded in gomodel_migrations.
#pragma once

#include <gomodel/call.hpp>

#include "sql/connection.hpp"
#include "sql/schema.hpp"

namespace sql {

// The table as it is then; its columns know how they are stored. Throws Error(GM_INVALID) when a
// column is of another type, or when a newer version wrote the database.
Table fit(Database& database, gomodel::Call call, Table table);

}  // namespace sql
