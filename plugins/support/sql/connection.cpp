#include "sql/connection.hpp"

#include <Poco/Data/Statement.h>
#include <Poco/Nullable.h>
#include <gomodel/error.hpp>

#include <charconv>

namespace sql {
namespace {

namespace keywords = Poco::Data::Keywords;

std::string as_string(double value) {
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return {text, static_cast<std::size_t>(end - text)};
}

void bind(Poco::Data::Statement& statement, const Value& value, bool as_text) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        statement, keywords::bind(*text);
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        if (as_text) {
            statement, keywords::bind(std::to_string(*whole));
        } else {
            statement, keywords::bind(static_cast<Poco::Int64>(*whole));
        }
    } else if (const auto* real = std::get_if<double>(&value)) {
        if (as_text) {
            statement, keywords::bind(as_string(*real));
        } else {
            statement, keywords::bind(*real);
        }
    } else {
        statement, keywords::bind(Poco::Nullable<std::string>());
    }
}

}  // namespace

void Connection::run(const Statement& statement, const UseRow& use) {
    try {
        Poco::Data::Statement query(session());
        query << statement.text;
        for (const Value& value : statement.values)
            bind(query, value, as_text());
        if (!use) {
            query.execute();
            return;
        }
        std::string row;
        query, keywords::into(row), keywords::range(0, 1);
        while (!query.done()) {
            if (query.execute() == 0 || !use(row)) break;
        }
    } catch (const gomodel::Error&) {
        throw;
    } catch (const std::exception& thrown) {
        fail(thrown);
    }
}

}  // namespace sql
