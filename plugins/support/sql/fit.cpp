#include "sql/fit.hpp"

#include <gomodel/error.hpp>
#include <gomodel/json_tree.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "sql/conditions.hpp"

namespace sql {
namespace {

using gomodel::json::Tree;

// What the plugins themselves expect of a database: grows when they store something in another way.
constexpr std::int64_t kLayout = 1;
constexpr const char* kLayoutName = "storage";

struct Change {
    std::string sql;
    std::string about;
};

std::string list(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + quoted(name);
    return text;
}

std::string zero_of(const Dialect& dialect, const Column& column) {
    switch (column.type) {
        case Type::kText:
            return column.form == Form::kUuid ? "'00000000-0000-0000-0000-000000000000'" : "''";
        case Type::kBool:
            return dialect.declared(column) == "boolean" ? "false" : "0";
        case Type::kTime:
            return column.form == Form::kSeconds ? "0" : "'1970-01-01T00:00:00.000000000Z'";
        case Type::kJson:
            return "'{}'";
        default:
            return "0";
    }
}

// The column's default as a literal, for programs that insert without us. Nothing when it is not a
// simple one: we always name each column.
std::string literal(const Dialect& dialect, const Column& column) {
    if (!column.fallback) return {};
    const Tree tree(*column.fallback);
    const auto node = tree.root();
    if (column.type == Type::kBool) {
        if (dialect.declared(column) == "boolean") return node.is_true() ? "true" : "false";
        return node.is_true() ? "1" : "0";
    }
    const bool number = column.type == Type::kInt || column.type == Type::kReal;
    if (number && node.integer()) return std::to_string(*node.integer());
    if (column.type == Type::kText && (node.equals("") || is_path_element(node.escaped()))) {
        return "'" + std::string(node.escaped()) + "'";
    }
    if (column.type == Type::kJson && (node.raw() == "[]" || node.raw() == "{}")) {
        return "'" + std::string(node.raw()) + "'";
    }
    return {};
}

std::string definition(const Dialect& dialect, const Column& column, bool added) {
    std::string sql = quoted(column.name) + " " + dialect.declared(column);
    std::string standard = literal(dialect, column);
    if (standard.empty() && added && !column.nullable) standard = zero_of(dialect, column);
    if (!column.nullable) sql += " NOT NULL";
    if (!standard.empty()) sql += " DEFAULT " + standard;
    return sql;
}

// Finds out what there is and what is missing.
class Plan {
public:
    Plan(Database& database, Connection& connection, Table& table)
        : dialect_(database.dialect()), database_(database), table_(table) {
        connection.run(database.columns_of(table.name), [&](std::string_view row) {
            const Tree tree(row);
            columns_[tree.root()["name"].text()] = tree.root()["type"].text();
            return true;
        });
        connection.run(database.indexes_of(table.name), [&](std::string_view row) {
            const Tree tree(row);
            indexes_.insert(tree.root()["name"].text());
            return true;
        });
        check_version(connection);
        if (columns_.empty()) {
            create();
        } else {
            for (Column& column : table.columns)
                complete(column);
        }
        for (const Index& index : table.indexes)
            add_index(index);
    }

    const std::vector<Change>& changes() const { return changes_; }
    std::int64_t layout() const { return layout_; }
    bool up_to_date() const { return changes_.empty() && recorded_ == table_.version; }

private:
    void check_version(Connection& connection) {
        bool there = false;
        connection.run(database_.columns_of("gomodel_migrations"), [&](std::string_view) {
            there = true;
            return true;
        });
        if (!there) return;
        recorded_ = newest(connection, table_.name);
        refuse_newer(table_.name, recorded_, table_.version);
        layout_ = newest(connection, kLayoutName);
        refuse_newer(kLayoutName, layout_, kLayout);
    }

    std::int64_t newest(Connection& connection, const std::string& component) const {
        std::int64_t version = 0;
        const Statement statement{
            "SELECT CAST(coalesce(max(version), 0) AS TEXT) FROM gomodel_migrations "
            "WHERE component = " +
                dialect_.placeholder(1, Type::kText, Form::kPlain),
            {component}};
        connection.run(statement, [&](std::string_view text) {
            version = std::stoll(std::string(text));
            return true;
        });
        return version;
    }

    void refuse_newer(const std::string& what, std::int64_t found, std::int64_t known) const {
        if (found <= known) return;
        throw gomodel::Error(
            GM_INVALID, database_.name() + " was written by a newer version: " + what +
                            " has version " + std::to_string(found) + ", and this one knows it " +
                            "up to " + std::to_string(known) + "; install that version again");
    }

    void create() {
        std::string sql = "CREATE TABLE " + quoted(table_.name) + " (";
        for (const Column& column : table_.columns)
            sql += definition(dialect_, column, false) + ", ";
        sql += "PRIMARY KEY (" + list(table_.key) + "))";
        changes_.push_back({sql, "created table " + table_.name});
    }

    void complete(Column& column) {
        const auto found = columns_.find(column.name);
        if (found != columns_.end()) {
            read_form(column, found->second);
            return;
        }
        const std::string place = "ALTER TABLE " + quoted(table_.name);
        for (const std::string& old : column.was) {
            const auto former = columns_.find(old);
            if (former == columns_.end()) continue;
            read_form(column, former->second);
            changes_.push_back(
                {place + " RENAME COLUMN " + quoted(old) + " TO " + quoted(column.name),
                 "renamed column " + old + " to " + column.name});
            return;
        }
        changes_.push_back({place + " ADD COLUMN " + definition(dialect_, column, true),
                            "added column " + column.name});
    }

    void read_form(Column& column, const std::string& declared) const {
        const auto form = dialect_.form_of(declared, column.type);
        if (!form) {
            throw gomodel::Error(GM_INVALID, database_.name() + ": column " + table_.name + "." +
                                                 column.name + " is " + declared + ", not " +
                                                 std::string(name_of(column.type)));
        }
        column.form = *form;
    }

    void add_index(const Index& index) {
        std::vector<Value> none;
        const Conditions conditions(dialect_, table_, none);
        std::vector<std::string> parts;
        bool derived = false;
        for (const Expr& expr : index.columns) {
            const Term term = conditions.term(expr);
            const bool plain = term.column != nullptr && term.sql == quoted(term.column->name);
            derived = derived || (term.column != nullptr && !plain);
            parts.push_back(plain ? term.sql : "(" + term.sql + ")");
        }
        // An existing database may have an index of that name on the column as it stands, which
        // does not serve; and what is sorted by a time is sorted by the key behind it.
        const std::string name = index.name + (derived ? "_instant" : "");
        if (indexes_.count(name) != 0) return;
        if (derived && !index.unique) {
            for (const std::string& key : table_.key) {
                if (std::find(parts.begin(), parts.end(), quoted(key)) == parts.end()) {
                    parts.push_back(quoted(key));
                }
            }
        }
        std::string sql = std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " +
                          quoted(name) + " ON " + quoted(table_.name) + " (";
        for (std::size_t i = 0; i < parts.size(); ++i)
            sql += (i == 0 ? "" : ", ") + parts[i];
        sql += ")";
        if (!index.when.empty()) sql += " WHERE " + dialect_.is_true(*table_.find(index.when));
        changes_.push_back({sql, "created index " + name});
    }

    const Dialect& dialect_;
    Database& database_;
    Table& table_;
    std::map<std::string, std::string, std::less<>> columns_;  // what each is declared as
    std::set<std::string, std::less<>> indexes_;
    std::int64_t recorded_ = 0;  // the versions gomodel_migrations has of the table
    std::int64_t layout_ = 0;    // and of what is common to all
    std::vector<Change> changes_;
};

void record(Connection& connection, const Dialect& dialect, const std::string& component,
            std::int64_t version, const std::string& about) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const Instant instant{std::chrono::duration_cast<std::chrono::seconds>(now).count(), 0};
    Statement statement{
        "INSERT INTO gomodel_migrations (component, version, change, applied_at) "
        "VALUES (",
        {component, version, about, format_instant(instant)}};
    constexpr Type kTypes[] = {Type::kText, Type::kInt, Type::kText, Type::kText};
    for (std::size_t i = 0; i < 4; ++i) {
        statement.text += i == 0 ? "" : ", ";
        statement.text += dialect.placeholder(i + 1, kTypes[i], Form::kPlain);
    }
    statement.text += ")";
    connection.run(statement);
}

}  // namespace

Table fit(Database& database, gomodel::Call call, Table table) {
    {
        const auto connection = database.reader(call);
        Table seen = table;
        if (Plan(database, *connection, seen).up_to_date()) return seen;
    }
    const auto connection = database.writer(call);
    connection->begin();
    connection->lock_schema();
    connection->run(database.create_migrations());
    // Again: another process may have been at it meanwhile.
    const Plan plan(database, *connection, table);
    for (const Change& change : plan.changes()) {
        connection->run({change.sql, {}});
        record(*connection, database.dialect(), table.name, table.version, change.about);
    }
    if (plan.changes().empty()) {
        record(*connection, database.dialect(), table.name, table.version, "already complete");
    }
    if (plan.layout() < kLayout) {
        record(*connection, database.dialect(), kLayoutName, kLayout, "began to record changes");
    }
    connection->commit();
    return table;
}

}  // namespace sql
