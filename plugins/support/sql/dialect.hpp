// What differs between databases when a query becomes SQL. Pure text; two instances in the program,
// sqlite() and postgresql(), which live for ever and are used from any thread.
#pragma once

#include <gomodel/json_tree.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sql/instant.hpp"
#include "sql/schema.hpp"

namespace sql {

class Dialect {
public:
    virtual ~Dialect() = default;

    // How many values a statement may have, and rows an insert.
    virtual std::size_t max_values() const = 0;

    // The placeholder of value number `n`, 1 being the first, of a column so stored.
    virtual std::string placeholder(std::size_t n, Type type, Form form) const = 0;
    // What a column is declared as.
    virtual std::string declared(const Column& column) const = 0;
    // How a column is stored that the database says is declared like this. nullopt: not as this
    // type at all.
    virtual std::optional<Form> form_of(std::string_view declared, Type type) const = 0;

    // What a column is compared, sorted and grouped by: the column, or something of it that sorts
    // right. An index on this serves such queries.
    virtual std::string comparable(const Column& column) const = 0;
    // A column, or something of it, whose index a database should leave alone.
    virtual std::string unindexed(std::string_view sql) const { return std::string(sql); }
    // The JSON-ready form of what comparable() or a column gave.
    virtual std::string shown(std::string_view sql, Type type, Form form) const = 0;
    // An instant as it is compared with a comparable() time. `up`: of two values that could stand
    // for it, the one behind (for > and <=).
    virtual Value instant(Instant instant, Form form, bool up) const = 0;
    // The instant as a column stores it.
    virtual Value stored(Instant instant, Form form) const = 0;

    // A SELECT list of one text: the JSON object of these names and values.
    struct Member {
        std::string name;
        std::string sql;
    };
    virtual std::string object(const std::vector<Member>& members) const = 0;
    // The text at a path inside JSON; null when it is not there.
    virtual std::string json_text(std::string_view column, const std::vector<std::string>& path,
                                  Form form) const = 0;
    // The label of the calendar unit that the time of a column is in.
    virtual std::string bucket(const Column& column, std::string_view by,
                               std::string_view zone) const = 0;
    // Matching without regard to case, "\" escaping. `pattern` is SQL.
    virtual std::string like(std::string_view text, std::string_view pattern) const = 0;
    virtual std::string distinct_from(std::string_view left, std::string_view right) const = 0;
    // True iff the text starts with the value of the placeholders; `low` and `high` enclose it.
    virtual std::string starts_with(std::string_view text, std::string_view low,
                                    std::string_view high) const = 0;
    // Behind an ORDER BY term, so that nulls come first ascending and last descending.
    virtual std::string_view nulls(bool descending) const = 0;
    // The condition of a bool column.
    virtual std::string is_true(const Column& column) const = 0;
    // What names a row within its table.
    virtual std::string_view row_id() const = 0;
    // A statement that changes rows, turned into one that gives how many as text in one row; or as
    // it is, when the number is asked for in another way.
    virtual std::string counted(std::string_view change) const = 0;
};

const Dialect& sqlite();
const Dialect& postgresql();

// "name", quoted. REQUIRES: check_name().
std::string quoted(std::string_view name);

}  // namespace sql
