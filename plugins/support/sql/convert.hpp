// A JSON value of a query or a row becomes what a column stores.
#pragma once

#include <gomodel/json_tree.hpp>

#include <optional>
#include <string>

#include "sql/dialect.hpp"

namespace sql {

// null gives the empty Value. Text and JSON are mended (mend.hpp). Throws Error(GM_INVALID) that
// names the column when the value is of another type.
Value convert(const Dialect& dialect, const Table& table, const Column& column,
              gomodel::json::Node node);

// An RFC 3339 time or a number of seconds since 1970. nullopt: anything else.
std::optional<Instant> instant_of(gomodel::json::Node node);

// True iff it has the form that PostgreSQL writes: 8-4-4-4-12 hex digits.
bool is_uuid(std::string_view text);

}  // namespace sql
