// The five calls of gm_storage_t as SQL: text and values, for one dialect. Pure; any thread.
// The language is described in sdk/docs/storage-queries.md. All throw Error(GM_INVALID) with a
// message that names what is wrong.
#pragma once

#include <gomodel/json_tree.hpp>
#include <gomodel/storage.hpp>

#include <functional>
#include <string_view>

#include "sql/dialect.hpp"
#include "sql/value.hpp"

namespace sql {

// The table a query is about.
std::string table_of(gomodel::json::Node query);

// Gives one column of text: the rows as JSON objects.
Statement compile_read(const Dialect& dialect, const Table& table, gomodel::json::Node query);

// Gives several statements, one after the other, because each takes a limited number of values. To
// be run in one transaction, which is not to be committed when a later row throws. `json`: the
// rows.
using UseStatement = std::function<void(const Statement&)>;
void compile_write(const Dialect& dialect, const Table& table, std::string_view json,
                   gomodel::WriteMode mode, const UseStatement& use);

// Both give one row with the number of rows changed, as far as Dialect::counted does.
Statement compile_update(const Dialect& dialect, const Table& table, gomodel::json::Node query,
                         gomodel::json::Node set);
Statement compile_erase(const Dialect& dialect, const Table& table, gomodel::json::Node query);

}  // namespace sql
