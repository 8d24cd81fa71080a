#include <gomodel/error.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "sql/conditions.hpp"
#include "sql/query.hpp"

namespace sql {
namespace {

using gomodel::json::Node;

[[noreturn]] void refuse_query(const std::string& message) {
    throw gomodel::Error(GM_INVALID, "query: " + message);
}

std::optional<std::int64_t> count_of(Node query, const char* name) {
    if (query[name].missing()) return std::nullopt;
    const auto value = query[name].integer();
    if (!value || *value < 0) refuse_query(std::string(name) + " is not a whole number from 0 on");
    return value;
}

// What of a query there is beyond where: each name must be known, or a misspelt one would be
// ignored and other rows found than were asked for.
void check_members(Node query) {
    constexpr std::array<std::string_view, 13> kKnown = {
        "table", "where", "order", "limit", "offset", "after", "select",
        "group", "sum",   "min",   "max",   "avg",    "count"};
    if (!query.is_object()) refuse_query("not a JSON object");
    for (const Node member : query) {
        if (std::find(kKnown.begin(), kKnown.end(), member.name()) == kKnown.end()) {
            refuse_query("\"" + std::string(member.name().substr(0, 40)) +
                         "\" is not part of a query");
        }
    }
}

// One thing in a result's objects.
struct Output {
    std::string name;
    Term term;
};

class QueryReader {
public:
    QueryReader(const Dialect& dialect, const Table& table, Node query)
        : dialect_(dialect), table_(table), query_(query) {
        check_members(query);
    }

    Statement rows() {
        std::vector<Dialect::Member> members;
        for (const Output& output : selected())
            members.push_back({output.name, shown(output.term)});
        const std::string from = " FROM " + quoted(table_.name);
        std::string sql = "SELECT " + dialect_.object(members) + from;
        const auto order = row_order();
        const auto offset = count_of(query_, "offset");
        // The rows skipped are only counted: what is in them is not read.
        const bool late = offset.value_or(0) > 0;
        const std::string_view id = dialect_.row_id();
        if (late) sql += " WHERE " + std::string(id) + " IN (SELECT " + std::string(id) + from;
        sql += filter(order);
        if (late) {
            sql += ordered(order) + limited() + ")";
            return {sql + ordered(order), std::move(values_)};
        }
        return {sql + ordered(order) + limited(), std::move(values_)};
    }

    Statement groups() {
        std::string inner;
        std::string positions;
        for (const Node each : query_["group"]) {
            const Expr expr = parse_expr(each, "group");
            add(expr.as, conditions_.term(expr), inner);
            positions += (positions.empty() ? "" : ", ") + std::to_string(outputs_.size());
        }
        add_aggregates(inner);
        if (outputs_.empty()) refuse_query("a group of nothing");
        inner =
            "SELECT " + inner + " FROM " + quoted(table_.name) + conditions_.where(query_["where"]);
        if (!positions.empty()) inner += " GROUP BY " + positions;
        if (query_["after"]) refuse_query("after is for rows, not for groups");
        std::vector<Dialect::Member> members;
        for (std::size_t i = 0; i < outputs_.size(); ++i) {
            Term outer = outputs_[i].term;
            outer.sql = "g" + std::to_string(i);
            members.push_back({outputs_[i].name, shown(outer)});
        }
        std::string sql = "SELECT " + dialect_.object(members) + " FROM (" + inner + ") AS g";
        sql += ordered(group_order());
        return {sql + limited(), std::move(values_)};
    }

private:
    using Order = std::vector<std::pair<Term, bool>>;  // descending or not

    std::vector<Output> selected() const {
        std::vector<Output> outputs;
        if (query_["select"].missing()) {
            for (const Column& column : table_.columns)
                outputs.push_back({column.name, as_stored(column)});
        }
        for (const Node each : query_["select"]) {
            const Expr expr = parse_expr(each, "select");
            Term term = conditions_.term(expr);
            if (term.column != nullptr) term = as_stored(*term.column);
            outputs.push_back({expr.as, term});
        }
        if (outputs.empty() || outputs.size() > 50) refuse_query("select names 1 to 50 columns");
        return outputs;
    }

    // Not comparable(): the column itself is read.
    static Term as_stored(const Column& column) {
        return {quoted(column.name), column.type, column.form, column.nullable, &column};
    }

    std::string shown(const Term& term) const {
        return dialect_.shown(term.sql, term.type, term.form);
    }

    std::string filter(const Order& order) {
        std::string sql = conditions_.where(query_["where"]);
        if (query_["after"].missing()) return sql;
        sql += (sql.empty() ? " WHERE " : " AND ") + conditions_.behind(order, query_["after"]);
        return sql;
    }

    // Calls use(name, descending) for each term of the order.
    template <typename Use>
    void each_order(const Use& use) const {
        for (const Node each : query_["order"]) {
            if (!each.is_array()) {
                use(each, false);
                continue;
            }
            auto part = each.begin();
            if (each.size() != 2) refuse_query("a term of order is a column or [column, \"desc\"]");
            const Node what = *part;
            ++part;
            if (!(*part).equals("desc") && !(*part).equals("asc")) {
                refuse_query("the direction of an order is \"asc\" or \"desc\"");
            }
            use(what, (*part).equals("desc"));
        }
    }

    Order row_order() const {
        Order order;
        each_order([&](Node what, bool descending) {
            order.emplace_back(conditions_.term(parse_expr(what, "order")), descending);
        });
        return order;
    }

    Order group_order() const {
        Order order;
        each_order([&](Node what, bool descending) {
            const std::string name = what.text();
            const auto found = std::find_if(outputs_.begin(), outputs_.end(),
                                            [&](const Output& each) { return each.name == name; });
            if (found == outputs_.end()) refuse_query("order names what is not in the result");
            Term term = found->term;
            term.sql = "g" + std::to_string(found - outputs_.begin());
            order.emplace_back(term, descending);
        });
        return order;
    }

    std::string ordered(const Order& order) const {
        std::string sql;
        for (const auto& [term, descending] : order) {
            sql += (sql.empty() ? " ORDER BY " : ", ") + term.sql + (descending ? " DESC" : "");
            if (term.nullable) sql += dialect_.nulls(descending);
        }
        return sql;
    }

    std::string limited() {
        const auto limit = count_of(query_, "limit");
        const auto offset = count_of(query_, "offset");
        std::string sql;
        // Not every dialect takes an offset alone.
        if (limit || offset) {
            sql += " LIMIT " + number(limit.value_or(9'000'000'000'000'000));
        }
        if (offset) sql += " OFFSET " + number(*offset);
        return sql;
    }

    std::string number(std::int64_t value) {
        return conditions_.placeholder(value, Type::kInt, Form::kPlain);
    }

    void add(const std::string& name, const Term& term, std::string& list) {
        for (const Output& output : outputs_) {
            if (output.name == name)
                refuse_query("\"" + name + "\" is twice in the result; use \"as\"");
        }
        list += (list.empty() ? "" : ", ") + term.sql + " AS g" + std::to_string(outputs_.size());
        outputs_.push_back({name, term});
    }

    void add_aggregates(std::string& inner) {
        if (query_["count"].is_true()) {
            add("count", {"count(*)", Type::kInt, Form::kPlain, false}, inner);
        }
        constexpr std::array<const char*, 4> kFunctions = {"sum", "min", "max", "avg"};
        for (const std::string function : kFunctions) {
            for (const Node each : query_[function]) {
                Term term = conditions_.term(parse_expr(each, function));
                const bool number = term.type == Type::kInt || term.type == Type::kReal;
                const bool sorts = number || term.type == Type::kText || term.type == Type::kTime;
                const bool adds = function == "sum" || function == "avg";
                if (term.column == nullptr || !(adds ? number : sorts)) {
                    refuse_query(function + " cannot be made of " +
                                 std::string(each.raw().substr(0, 80)));
                }
                const std::string name = function + "_" + term.column->name;
                term.sql = function + "(" + term.sql + ")";
                term.nullable = true;
                if (function == "avg") term.sql = "CAST(" + term.sql + " AS double precision)";
                term.column = nullptr;
                add(name, term, inner);
            }
        }
    }

    const Dialect& dialect_;
    const Table& table_;
    const Node query_;
    std::vector<Value> values_;
    Conditions conditions_{dialect_, table_, values_};
    std::vector<Output> outputs_;
};

}  // namespace

std::string table_of(Node query) {
    if (!query["table"].is_string()) refuse_query("table is not named");
    return query["table"].text();
}

Statement compile_read(const Dialect& dialect, const Table& table, Node query) {
    QueryReader reader(dialect, table, query);
    const bool grouped = !query["group"].missing() || query["count"].is_true() ||
                         !query["sum"].missing() || !query["min"].missing() ||
                         !query["max"].missing() || !query["avg"].missing();
    return grouped ? reader.groups() : reader.rows();
}

}  // namespace sql
