#include "sql/conditions.hpp"

#include <gomodel/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "sql/convert.hpp"
#include "sql/mend.hpp"
#include "sql/refuse.hpp"

namespace sql {
namespace {

using gomodel::json::Node;

constexpr int kMaxDepth = 20;
constexpr std::size_t kMaxList = 500;

[[noreturn]] void refuse_condition(const std::string& message) {
    throw gomodel::Error(GM_INVALID, "where: " + message);
}

std::string need_text(Node value, std::string_view op) {
    if (!value.is_string())
        refuse_condition("the value of \"" + std::string(op) + "\" is not a string");
    return mend(value.text());
}

// A pattern that matches `text` literally.
std::string escaped(std::string_view text) {
    std::string pattern;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern;
}

bool is_comparison(std::string_view op) {
    constexpr std::array<std::string_view, 6> kOps = {"=", "!=", "<", "<=", ">", ">="};
    return std::find(kOps.begin(), kOps.end(), op) != kOps.end();
}

}  // namespace

Term Conditions::term(const Expr& expr) const {
    std::vector<const Column*> columns;
    for (const std::string& name : expr.columns) {
        columns.push_back(table_.find(name));
        if (columns.back() == nullptr) {
            throw gomodel::Error(GM_INVALID, table_.name + " has no column \"" + name + "\"");
        }
    }
    const Column& column = *columns[0];
    switch (expr.kind) {
        case Expr::Kind::kColumn:
            return {dialect_.comparable(column), column.type, column.form, column.nullable,
                    &column};
        case Expr::Kind::kJson:
            if (column.type != Type::kJson) {
                throw gomodel::Error(GM_INVALID, table_.name + "." + column.name + " is not json");
            }
            return {dialect_.json_text(column.name, expr.path, column.form)};
        case Expr::Kind::kBucket:
            if (column.type != Type::kTime) {
                throw gomodel::Error(GM_INVALID,
                                     table_.name + "." + column.name + " is not a time");
            }
            return {dialect_.bucket(column, expr.by, expr.zone)};
        case Expr::Kind::kFirst:
            break;
    }
    std::string sql = "coalesce(";
    for (const Column* candidate : columns) {
        if (candidate->type != Type::kText) {
            throw gomodel::Error(GM_INVALID,
                                 table_.name + "." + candidate->name + " in first is not text");
        }
        const std::string name = quoted(candidate->name);
        sql += "nullif(trim(" +
               (candidate->form == Form::kUuid ? "CAST(" + name + " AS text)" : name) + "), ''), ";
    }
    return {sql + "'" + expr.otherwise + "')"};
}

std::string Conditions::placeholder(Value value, Type type, Form form) {
    values_.push_back(std::move(value));
    return dialect_.placeholder(values_.size(), type, form);
}

std::string Conditions::where(Node node) {
    if (node.missing() || (node.is_array() && node.size() == 0)) return {};
    if (!node.is_array()) refuse_condition("not a list of conditions");
    for (const Node condition : node) {
        if (!condition.is_array() || condition.size() != 3) continue;
        const Column* const column = table_.find((*condition.begin()).text());
        by_time_ = by_time_ || (column != nullptr && column->type == Type::kTime);
    }
    return " WHERE " + all(node, " AND ");
}

std::string Conditions::all(Node list, std::string_view joint) {
    if (!list.is_array()) refuse_condition("\"any\" and \"all\" hold a list of conditions");
    if (++depth_ > kMaxDepth) refuse_condition("nested deeper than " + std::to_string(kMaxDepth));
    std::string sql;
    for (const Node condition : list) {
        if (!sql.empty()) sql += joint;
        sql += one(condition);
    }
    --depth_;
    // No condition holds of none; every one of none does.
    if (sql.empty()) return joint == " OR " ? "1 = 0" : "1 = 1";
    return sql;
}

std::string Conditions::one(Node node) {
    if (node.is_object()) {
        if (node["any"]) {
            const bool within = std::exchange(in_any_, true);
            const std::string sql = "(" + all(node["any"], " OR ") + ")";
            in_any_ = within;
            return sql;
        }
        if (node["all"]) return "(" + all(node["all"], " AND ") + ")";
        if (node["not"]) {
            if (++depth_ > kMaxDepth)
                refuse_condition("nested deeper than " + std::to_string(kMaxDepth));
            // Unknown is not true, so its opposite is.
            const std::string inner = one(node["not"]);
            --depth_;
            return "(NOT coalesce(" + inner + ", 1 = 0))";
        }
    }
    if (!node.is_array() || node.size() != 3) {
        refuse_condition(shortened(node.raw()) + " is not [column, operator, value]");
    }
    auto part = node.begin();
    Term left = term(parse_expr(*part, "where"));
    ++part;
    const std::string op = (*part).text();
    // Rows of a time are found by it. SQLite, which knows nothing of how often a value is there,
    // would rather look up every alternative, though nearly all rows may have it. (A single one in
    // "any" is how a query says that of a column.)
    if (by_time_ && (in_any_ || op == "under")) left.sql = dialect_.unindexed(left.sql);
    ++part;
    const Node value = *part;
    if (is_comparison(op)) return compare(left, op, value);
    if (op == "in" || op == "not in") return member_of(left, value, op == "not in");
    if (op == "like" || op == "contains") return match(left, op, value);
    if (op == "under") return under(left, value);
    if (op == "null") {
        if (!value.is_true() && !value.is_false())
            refuse_condition("the value of \"null\" is true or false");
        return left.sql + (value.is_true() ? " IS NULL" : " IS NOT NULL");
    }
    refuse_condition("\"" + shortened(op) + "\" is no operator");
}

Value Conditions::value_for(const Term& term, Node node) const {
    if (term.column != nullptr && term.type != Type::kTime) {
        return convert(dialect_, table_, *term.column, node);
    }
    if (node.missing()) return {};
    return need_text(node, "a comparison");
}

std::string Conditions::compare(const Term& left, std::string_view op, Node value) {
    if (value.missing()) {
        if (op == "=") return left.sql + " IS NULL";
        if (op == "!=") return left.sql + " IS NOT NULL";
        refuse_condition("nothing is \"" + std::string(op) + "\" null");
    }
    if (left.type == Type::kTime) return compare_time(left, op, value);
    if (left.type == Type::kJson)
        refuse_condition("json is compared by a member of it, not as a whole");
    // No row of such a column can hold it.
    if (left.form == Form::kUuid && value.is_string() && !is_uuid(value.text())) {
        return op == "!=" ? "1 = 1" : "1 = 0";
    }
    const std::string right = placeholder(value_for(left, value), left.type, left.form);
    if (op == "!=") return dialect_.distinct_from(left.sql, right);
    return left.sql + " " + std::string(op) + " " + right;
}

std::string Conditions::compare_time(const Term& left, std::string_view op, Node value) {
    const auto instant = instant_of(value);
    if (!instant) refuse_condition(shortened(value.raw()) + " is not a time");
    if (left.form == Form::kSeconds && instant->nanos != 0) {
        if (op == "=") return "1 = 0";
        if (op == "!=") return "1 = 1";
    }
    const bool up = op == ">" || op == "<=";
    const std::string right =
        placeholder(dialect_.instant(*instant, left.form, up), Type::kTime, left.form);
    if (op == "!=") return dialect_.distinct_from(left.sql, right);
    return left.sql + " " + std::string(op) + " " + right;
}

std::string Conditions::member_of(const Term& left, Node list, bool negated) {
    if (!list.is_array() || list.size() > kMaxList) {
        refuse_condition("the value of \"in\" is a list of at most " + std::to_string(kMaxList));
    }
    if (left.type == Type::kTime || left.type == Type::kJson) {
        refuse_condition("\"in\" is for text, numbers and bools");
    }
    std::string sql;
    for (const Node element : list) {
        if (element.missing()) refuse_condition("\"in\" does not find null");
        if (left.form == Form::kUuid && element.is_string() && !is_uuid(element.text())) continue;
        sql += sql.empty() ? "" : ", ";
        sql += placeholder(value_for(left, element), left.type, left.form);
    }
    if (sql.empty()) return negated ? "1 = 1" : "1 = 0";
    if (!negated) return left.sql + " IN (" + sql + ")";
    return "(" + left.sql + " IS NULL OR " + left.sql + " NOT IN (" + sql + "))";
}

std::string Conditions::text(const Term& left) const {
    if (left.type != Type::kText) refuse_condition("only text is matched");
    return left.form == Form::kUuid ? "CAST(" + left.sql + " AS text)" : left.sql;
}

std::string Conditions::match(const Term& left, std::string_view op, Node value) {
    const std::string given = need_text(value, op);
    const std::string pattern = op == "like" ? given : "%" + escaped(given) + "%";
    std::size_t slashes = 0;
    for (auto c = pattern.rbegin(); c != pattern.rend() && *c == '\\'; ++c)
        ++slashes;
    if (slashes % 2 != 0) refuse_condition("a pattern ends in \"\\\", which escapes nothing");
    const std::string sql = text(left);
    return dialect_.like(sql, placeholder(pattern, Type::kText, Form::kPlain));
}

std::string Conditions::under(const Term& left, Node value) {
    const std::string sql = text(left);
    std::string path = need_text(value, "under");
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    if (path == "/") return "1 = 1";
    if (path.empty() || path[0] != '/')
        refuse_condition("the value of \"under\" does not begin with /");
    const auto bind = [&](const std::string& bound) {
        return placeholder(bound, Type::kText, Form::kPlain);
    };
    const std::string same = sql + " = " + bind(path);
    const std::string low = bind(path + "/");
    return "(" + same + " OR " + dialect_.starts_with(sql, low, bind(path + "0")) + ")";
}

std::string Conditions::behind(const std::vector<std::pair<Term, bool>>& order, Node after) {
    if (!after.is_array() || after.size() != order.size() || order.empty()) {
        throw gomodel::Error(GM_INVALID, "after: not a value for each term of the order");
    }
    std::vector<Node> values;
    for (const Node value : after)
        values.push_back(value);
    const auto beyond = [](bool descending) { return descending ? "<" : ">"; };
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (order[i].first.nullable || values[i].missing()) {
            throw gomodel::Error(GM_INVALID, "after: the order has a term that may be null");
        }
    }
    const auto& [first, first_descends] = order[0];
    const std::string bound = compare(first, std::string(beyond(first_descends)) + "=", values[0]);
    std::string sql;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i != 0) sql += " OR ";
        for (std::size_t k = 0; k < i; ++k)
            sql += compare(order[k].first, "=", values[k]) + " AND ";
        sql += compare(order[i].first, beyond(order[i].second), values[i]);
    }
    // The first alone lets an index begin at the place.
    return bound + " AND (" + sql + ")";
}

}  // namespace sql
