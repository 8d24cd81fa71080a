#include "sql/schema.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sql/refuse.hpp"

namespace sql {
namespace {

using gomodel::json::Node;

constexpr std::array<std::pair<std::string_view, Type>, 6> kTypes = {{{"text", Type::kText},
                                                                      {"int", Type::kInt},
                                                                      {"real", Type::kReal},
                                                                      {"bool", Type::kBool},
                                                                      {"time", Type::kTime},
                                                                      {"json", Type::kJson}}};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string need_name(Node node, const std::string& what) {
    if (!node.is_string()) refuse(what + ": not a name");
    std::string name = node.text();
    check_name(name, what);
    return name;
}

std::vector<std::string> names(Node node, const std::string& what) {
    if (!node.missing() && !node.is_array()) refuse(what + ": not a list of names");
    std::vector<std::string> result;
    for (const Node element : node)
        result.push_back(need_name(element, what));
    return result;
}

Form form_of(Node node, Type type, const std::string& what) {
    if (node.missing()) return Form::kPlain;
    if (node.equals("seconds") && type == Type::kTime) return Form::kSeconds;
    if (node.equals("uuid") && type == Type::kText) return Form::kUuid;
    if (node.equals("text") && type == Type::kJson) return Form::kText;
    refuse(what + ": \"as\" must be \"seconds\" of a time, \"uuid\" of a text or \"text\" of json");
}

Column parse_column(Node node, const std::string& table) {
    Column column;
    column.name = need_name(node["name"], table + ": a column");
    const std::string what = table + "." + column.name;
    const std::string type = node["type"].text();
    const auto* const known =
        std::find_if(kTypes.begin(), kTypes.end(), [&](auto& each) { return each.first == type; });
    if (known == kTypes.end()) refuse(what + ": type \"" + shortened(type) + "\" is none of ours");
    column.type = known->second;
    column.form = form_of(node["as"], column.type, what);
    column.nullable = !node["null"].is_false();
    column.was = names(node["was"], what + ": was");
    if (!node["default"].missing()) column.fallback = std::string(node["default"].raw());
    return column;
}

void check_columns(const Table& table, const std::vector<std::string>& columns,
                   const std::string& what) {
    for (const std::string& column : columns) {
        if (table.find(column) == nullptr) {
            refuse(table.name + ": " + what + " names \"" + column + "\", which is no column");
        }
    }
}

Index parse_index(Node node, const Table& table) {
    Index index;
    const Node columns = node.is_array() ? node : node["columns"];
    std::string name = "idx_" + table.name;
    for (const Node column : columns) {
        index.columns.push_back(parse_expr(column, table.name + ": an index"));
        check_columns(table, index.columns.back().columns, "an index");
        name += "_" + index.columns.back().as;
    }
    if (index.columns.empty()) refuse(table.name + ": an index without columns");
    index.name = node["name"].missing() ? name.substr(0, 55) : need_name(node["name"], "an index");
    index.unique = node["unique"].is_true();
    if (!node["when"].missing()) {
        index.when = need_name(node["when"], index.name + ": when");
        check_columns(table, {index.when}, "an index");
        if (table.find(index.when)->type != Type::kBool) {
            refuse(index.name + ": when names \"" + index.when + "\", which is no bool");
        }
    }
    return index;
}

// {"json":"data","path":["a","b"]}
void parse_json_member(Node node, const std::string& where, Expr& expr) {
    expr.kind = Expr::Kind::kJson;
    expr.columns = {need_name(node["json"], where + ": json")};
    for (const Node element : node["path"]) {
        expr.path.push_back(element.text());
        if (!is_path_element(expr.path.back())) {
            refuse(where + ": path element \"" + shortened(expr.path.back()) +
                   "\" is not made of letters, digits, _ and -");
        }
    }
    if (expr.path.empty()) refuse(where + ": json without a path");
    expr.as = expr.path.back();
}

void parse_bucket(Node node, const std::string& where, Expr& expr) {
    expr.kind = Expr::Kind::kBucket;
    expr.columns = {need_name(node["bucket"], where + ": bucket")};
    expr.by = node["by"].text();
    expr.zone = node["zone"].missing() ? "UTC" : node["zone"].text();
    expr.as = expr.columns[0];
    constexpr std::array kBy = {"hour", "day", "week", "month", "year"};
    if (std::find(kBy.begin(), kBy.end(), expr.by) == kBy.end()) {
        refuse(where + ": by \"" + shortened(expr.by) + "\" is not hour, day, week, month or year");
    }
    const bool plain = std::all_of(expr.zone.begin(), expr.zone.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '/' || c == '+' || c == '-';
    });
    if (!plain || expr.zone.empty() || expr.zone.size() > 64 || !is_letter(expr.zone[0])) {
        refuse(where + ": \"" + shortened(expr.zone) + "\" is no time zone");
    }
}

}  // namespace

std::string_view name_of(Type type) {
    return kTypes[static_cast<std::size_t>(type)].first;
}

const Column* Table::find(std::string_view column) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Column& each) { return each.name == column; });
    return found == columns.end() ? nullptr : &*found;
}

bool is_path_element(std::string_view element) {
    return !element.empty() && element.size() <= 63 &&
           std::all_of(element.begin(), element.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

void check_name(std::string_view name, std::string_view what) {
    const bool good =
        !name.empty() && name.size() <= 63 && is_letter(name[0]) &&
        std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
    if (!good) {
        refuse(std::string(what) + ": \"" + shortened(name) +
               "\" is not a name of letters, digits and underscores");
    }
}

Expr parse_expr(Node node, const std::string& where) {
    Expr expr;
    if (node.is_string() || !node["column"].missing()) {
        expr.columns = {need_name(node.is_string() ? node : node["column"], where)};
        expr.as = expr.columns[0];
    } else if (!node["json"].missing()) {
        parse_json_member(node, where, expr);
    } else if (!node["bucket"].missing()) {
        parse_bucket(node, where, expr);
    } else if (!node["first"].missing()) {
        expr.kind = Expr::Kind::kFirst;
        expr.columns = names(node["first"], where + ": first");
        if (expr.columns.empty()) refuse(where + ": first of no columns");
        expr.as = expr.columns[0];
        expr.otherwise = node["else"].text();
        const bool plain = expr.otherwise.size() <= 63 &&
                           std::all_of(expr.otherwise.begin(), expr.otherwise.end(), [](char c) {
                               return is_letter(c) || is_digit(c) || c == '/' || c == '-';
                           });
        if (!plain) refuse(where + ": else is not made of letters, digits, / and -");
    } else {
        refuse(where + ": " + shortened(node.raw()) + " is neither a column nor something of one");
    }
    if (!node["as"].missing()) expr.as = need_name(node["as"], where + ": as");
    return expr;
}

Table parse_table(std::string_view json) {
    const gomodel::json::Tree tree(json);
    const Node root = tree.root();
    if (!root.is_object()) refuse("schema: not a JSON object");
    Table table;
    table.name = need_name(root["table"], "schema: table");
    if (table.name.rfind("gomodel_", 0) == 0 || table.name.rfind("sqlite_", 0) == 0) {
        refuse("schema: table \"" + table.name + "\": that name is reserved");
    }
    if (!root["version"].missing()) table.version = root["version"].integer().value_or(1);
    for (const Node column : root["columns"]) {
        Column parsed = parse_column(column, table.name);
        if (table.find(parsed.name) != nullptr) refuse(table.name + "." + parsed.name + ": twice");
        table.columns.push_back(std::move(parsed));
    }
    if (table.columns.empty() || table.columns.size() > 50) {
        refuse(table.name + ": a table has 1 to 50 columns");
    }
    table.key = names(root["key"], table.name + ": key");
    if (table.key.empty()) refuse(table.name + ": a table needs a key");
    check_columns(table, table.key, "the key");
    for (const std::string& name : table.key) {
        for (Column& column : table.columns) {
            if (column.name == name) column.nullable = false;
        }
    }
    for (const Node index : root["indexes"])
        table.indexes.push_back(parse_index(index, table));
    return table;
}

}  // namespace sql
