// A table as the host describes it in ensure() and as the database really has it: the same type can
// be stored in several ways, because databases made by older versions are opened as they are.
// Format: sdk/docs/storage-queries.md. Values; immutable once published by SqlStorage.
#pragma once

#include <gomodel/json_tree.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/value.hpp"

namespace sql {

enum class Type : std::uint8_t { kText, kInt, kReal, kBool, kTime, kJson };
std::string_view name_of(Type type);

enum class Form : std::uint8_t {
    kPlain,    // as the dialect stores the type
    kSeconds,  // a time as whole seconds since 1970
    kUuid,     // a text as the database's own UUID type
    kNumber,   // a bool as 0 or 1
    kText,     // a time or JSON as text, where the dialect has a type for it
};

struct Column {
    std::string name;
    Type type = Type::kText;
    Form form = Form::kPlain;
    bool nullable = true;
    std::optional<std::string> fallback;  // JSON of the value of a row that does not name it
    std::vector<std::string> was;         // names it had in older versions
};

// What a query can compute of a row.
struct Expr {
    enum class Kind : std::uint8_t { kColumn, kJson, kFirst, kBucket };
    Kind kind = Kind::kColumn;
    std::vector<std::string> columns;  // one; kFirst: the candidates
    std::vector<std::string> path;     // kJson
    std::string otherwise;             // kFirst: plain text for a row where all are blank
    std::string by;                    // kBucket: hour, day, week, month, year
    std::string zone;                  // kBucket
    std::string as;                    // what it is called in the result
};
// Throws Error(GM_INVALID); `where` begins the message.
Expr parse_expr(gomodel::json::Node node, const std::string& where);

struct Index {
    std::string name;
    std::vector<Expr> columns;
    bool unique = false;
    std::string when;  // a bool column: the index holds only rows where it is true
};

struct Table {
    std::string name;
    std::int64_t version = 1;
    std::vector<Column> columns;
    std::vector<std::string> key;
    std::vector<Index> indexes;

    // nullptr: no such column.
    const Column* find(std::string_view column) const;
};

// Throws Error(GM_INVALID) that names what is wrong.
Table parse_table(std::string_view json);

// Throws unless `name` is one a table, column or index may have: a letter, then letters, digits and
// underscores, 63 in all. Such a name is safe inside quotes in every dialect.
void check_name(std::string_view name, std::string_view what);

// Whether a path's element is one that can be written into a statement: as a name, but digits and
// "-" may come first.
bool is_path_element(std::string_view element);

}  // namespace sql
