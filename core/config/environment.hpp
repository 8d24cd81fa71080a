// The environment variables as they were at one moment, with a `.env` file laid below them. Taken
// once at start and handed to the loader and to provider discovery. Immutable: any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace gomodel::config {

class Problems;

struct Variable {
    std::string value;
    std::string where;  // "environment" or ".env:3"
};

class Environment {
public:
    using Variables = std::map<std::string, Variable, std::less<>>;

    Environment() = default;
    explicit Environment(const std::map<std::string, std::string>& variables);

    // A copy of this process's variables. Not while another thread calls setenv().
    static Environment of_process();

    // This environment with the variables of a `.env` file added that it does not have, even
    // empty. `file` names the text in problems; a line that is not NAME=value is a warning.
    Environment with_dotenv(std::string_view text, std::string_view file, Problems& problems) const;

    // Null when the variable is unset or empty: the two are the same everywhere.
    const Variable* find(std::string_view name) const;

    const Variables& all() const { return variables_; }

private:
    Variables variables_;
};

}  // namespace gomodel::config
