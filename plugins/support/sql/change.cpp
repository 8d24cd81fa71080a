#include <algorithm>
#include <array>

#include "sql/conditions.hpp"
#include "sql/convert.hpp"
#include "sql/query.hpp"
#include "sql/refuse.hpp"

namespace sql {
namespace {

using gomodel::json::Node;

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// What an insert does behind its rows.
std::string on_conflict(const Table& table, gomodel::WriteMode mode) {
    if (mode == gomodel::WriteMode::kInsert) return {};
    if (mode == gomodel::WriteMode::kIgnore) return " ON CONFLICT DO NOTHING";
    std::string keys;
    for (const std::string& key : table.key)
        keys += (keys.empty() ? "" : ", ") + quoted(key);
    std::string changes;
    for (const Column& column : table.columns) {
        if (contains(table.key, column.name)) continue;
        changes += (changes.empty() ? "" : ", ") + quoted(column.name) + " = excluded." +
                   quoted(column.name);
    }
    return " ON CONFLICT (" + keys + ")" +
           (changes.empty() ? " DO NOTHING" : " DO UPDATE SET " + changes);
}

// The text of an INSERT of so many rows.
std::string insert(const Dialect& dialect, const Table& table, gomodel::WriteMode mode,
                   std::size_t rows) {
    std::string text = "INSERT INTO " + quoted(table.name) + " (";
    for (const Column& column : table.columns)
        text += (text.back() == '(' ? "" : ", ") + quoted(column.name);
    text += ") VALUES ";
    std::size_t values = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        text += row == 0 ? "(" : ", (";
        for (const Column& column : table.columns) {
            if (text.back() != '(') text += ", ";
            text += dialect.placeholder(++values, column.type, column.form);
        }
        text += ')';
    }
    return text + on_conflict(table, mode);
}

// Finds the values of a row, one a column, whatever order the row has them in.
class RowReader {
public:
    RowReader(const Dialect& dialect, const Table& table) : dialect_(dialect), table_(table) {}

    // Calls use(value) for each column. `number` counts rows from 1, for messages.
    template <typename Use>
    void read(Node row, std::size_t number, const Use& use) {
        const auto place = [&] { return "row " + std::to_string(number) + " of " + table_.name; };
        if (!row.is_object()) refuse(place() + " is not an object");
        members_.assign(table_.columns.size(), Node());
        next_ = 0;
        for (const Node member : row) {
            const Column* column = find(member.name());
            if (column == nullptr) {
                refuse(place() + ": \"" + std::string(member.name().substr(0, 80)) +
                       "\" is no column");
            }
            members_[static_cast<std::size_t>(column - table_.columns.data())] = member;
        }
        for (std::size_t i = 0; i < members_.size(); ++i) {
            const Column& column = table_.columns[i];
            Value value;
            if (members_[i].missing() && column.fallback && !members_[i]) {
                const gomodel::json::Tree tree(*column.fallback);
                value = convert(dialect_, table_, column, tree.root());
            } else {
                value = convert(dialect_, table_, column, members_[i]);
            }
            if (value.index() == 0 && !column.nullable) {
                refuse(place() + ": " + column.name + " is null");
            }
            use(std::move(value));
        }
    }

private:
    // Most rows name the columns in their order.
    const Column* find(std::string_view name) {
        const std::vector<Column>& columns = table_.columns;
        if (next_ < columns.size() && columns[next_].name == name) return &columns[next_++];
        const Column* const column = table_.find(name);
        if (column != nullptr) next_ = static_cast<std::size_t>(column - columns.data()) + 1;
        return column;
    }

    const Dialect& dialect_;
    const Table& table_;
    std::vector<Node> members_;
    std::size_t next_ = 0;
};

// " WHERE " of a change, which may be limited to some rows.
std::string rows_meant(Conditions& conditions, const Dialect& dialect, const Table& table,
                       Node query) {
    constexpr std::array<std::string_view, 3> kKnown = {"table", "where", "limit"};
    for (const Node member : query) {
        if (std::find(kKnown.begin(), kKnown.end(), member.name()) == kKnown.end()) {
            refuse("query: a change takes where and limit, not \"" +
                   std::string(member.name().substr(0, 40)) + "\"");
        }
    }
    const std::string where = conditions.where(query["where"]);
    if (query["limit"].missing()) return where;
    const auto limit = query["limit"].integer();
    if (!limit || *limit < 0) refuse("query: limit is not a whole number from 0 on");
    const std::string id(dialect.row_id());
    return " WHERE " + id + " IN (SELECT " + id + " FROM " + quoted(table.name) + where +
           " LIMIT " + conditions.placeholder(*limit, Type::kInt, Form::kPlain) + ")";
}

}  // namespace

void compile_write(const Dialect& dialect, const Table& table, std::string_view json,
                   gomodel::WriteMode mode, const UseStatement& use) {
    if (mode > gomodel::WriteMode::kIgnore) refuse("write: mode is not insert, upsert or ignore");
    const std::size_t columns = table.columns.size();
    // A statement must not change a row twice, which rows with the same key would.
    const std::size_t most = mode == gomodel::WriteMode::kUpsert
                                 ? 1
                                 : std::max<std::size_t>(dialect.max_values() / columns, 1);
    Statement statement;
    statement.values.reserve(most * columns);
    std::size_t rows_of_text = 0;
    const auto give = [&] {
        const std::size_t count = statement.values.size() / columns;
        if (count != rows_of_text) statement.text = insert(dialect, table, mode, count);
        rows_of_text = count;
        use(statement);
        statement.values.clear();
    };
    RowReader reader(dialect, table);
    std::size_t number = 0;
    gomodel::json::Elements rows(json);
    while (const Node row = rows.next()) {
        reader.read(row, ++number,
                    [&](Value value) { statement.values.push_back(std::move(value)); });
        if (number % most == 0) give();
    }
    if (!rows.ok()) {
        refuse("rows: not a JSON array, or nested deeper than " +
               std::to_string(gomodel::json::kMaxDepth));
    }
    if (!statement.values.empty()) give();
}

Statement compile_update(const Dialect& dialect, const Table& table, Node query, Node set) {
    std::vector<Value> values;
    Conditions conditions(dialect, table, values);
    if (!set.is_object() || set.size() == 0) refuse("set: not an object with columns");
    std::string sql = "UPDATE " + quoted(table.name) + " SET ";
    bool first = true;
    for (const Node member : set) {
        const Column* column = table.find(member.name());
        if (column == nullptr) {
            refuse("set: " + table.name + " has no column \"" +
                   std::string(member.name().substr(0, 80)) + "\"");
        }
        Value value = convert(dialect, table, *column, member);
        if (value.index() == 0 && !column->nullable) {
            refuse("set: " + table.name + "." + column->name + " cannot be null");
        }
        sql += (first ? "" : ", ") + quoted(column->name) + " = " +
               conditions.placeholder(std::move(value), column->type, column->form);
        first = false;
    }
    sql += rows_meant(conditions, dialect, table, query);
    return {dialect.counted(sql), std::move(values)};
}

Statement compile_erase(const Dialect& dialect, const Table& table, Node query) {
    std::vector<Value> values;
    Conditions conditions(dialect, table, values);
    const std::string sql =
        "DELETE FROM " + quoted(table.name) + rows_meant(conditions, dialect, table, query);
    return {dialect.counted(sql), std::move(values)};
}

}  // namespace sql
