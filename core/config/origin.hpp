// Where a setting's value comes from, so that a fault found later names the line or the variable to
// change. A plain value.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace gomodel::config {

struct Origin {
    std::string where;     // "config.yaml:12", "environment", ".env:3"
    std::string variable;  // the environment variable; empty for the file
};

// "config.yaml:12", "PORT", "PORT in .env:3"
inline std::string to_string(const Origin& origin) {
    if (origin.variable.empty()) return origin.where;
    if (origin.where == "environment") return origin.variable;
    return origin.variable + " in " + origin.where;
}

// By key path. A key that is not in it has its default.
using Origins = std::map<std::string, Origin, std::less<>>;

}  // namespace gomodel::config
