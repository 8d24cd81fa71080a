// What a statement is made of: its text, and the values that travel beside it as parameters. No
// value is ever written into the text.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace sql {

using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

struct Statement {
    std::string text;
    std::vector<Value> values;  // one for each placeholder, in their order
};

}  // namespace sql
