// The `where` of a query as SQL. One object a statement, which collects the statement's values.
#pragma once

#include <gomodel/json_tree.hpp>

#include <string>
#include <utility>
#include <vector>

#include "sql/dialect.hpp"

namespace sql {

// What an expression of a query is in SQL.
struct Term {
    std::string sql;  // compared, sorted and grouped by
    Type type = Type::kText;
    Form form = Form::kPlain;
    bool nullable = true;
    const Column* column = nullptr;  // when it is one column as it stands
};

class Conditions {
public:
    Conditions(const Dialect& dialect, const Table& table, std::vector<Value>& values)
        : dialect_(dialect), table_(table), values_(values) {}

    // " WHERE ..." or nothing. Throws Error(GM_INVALID).
    std::string where(gomodel::json::Node node);
    // The rows behind the one with these values, in this order (its terms, descending or not).
    std::string behind(const std::vector<std::pair<Term, bool>>& order, gomodel::json::Node after);

    Term term(const Expr& expr) const;
    std::string placeholder(Value value, Type type, Form form);

private:
    std::string all(gomodel::json::Node list, std::string_view joint);
    std::string one(gomodel::json::Node node);
    std::string compare(const Term& term, std::string_view op, gomodel::json::Node value);
    std::string compare_time(const Term& term, std::string_view op, gomodel::json::Node value);
    std::string member_of(const Term& term, gomodel::json::Node list, bool negated);
    std::string match(const Term& term, std::string_view op, gomodel::json::Node value);
    std::string under(const Term& term, gomodel::json::Node value);
    Value value_for(const Term& term, gomodel::json::Node node) const;
    std::string text(const Term& term) const;

    const Dialect& dialect_;
    const Table& table_;
    std::vector<Value>& values_;
    int depth_ = 0;
    bool by_time_ = false;  // one of the conditions that must all hold is of when
    bool in_any_ = false;
};

}  // namespace sql
