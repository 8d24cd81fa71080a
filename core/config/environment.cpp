#include "config/environment.hpp"

#include <unistd.h>

#include "config/dotenv.hpp"
#include "config/problem.hpp"

namespace gomodel::config {

Environment::Environment(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, value] : variables) {
        variables_[name] = {value, "environment"};
    }
}

Environment Environment::of_process() {
    Environment result;
    for (char** at = ::environ; at != nullptr && *at != nullptr; ++at) {
        const std::string_view line = *at;
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        result.variables_[std::string(line.substr(0, equals))] = {
            std::string(line.substr(equals + 1)), "environment"};
    }
    return result;
}

Environment Environment::with_dotenv(std::string_view text, std::string_view file,
                                     Problems& problems) const {
    Environment result = *this;
    for (const DotenvLine& line : parse_dotenv(text, file, problems)) {
        if (variables_.contains(line.name)) continue;
        result.variables_[line.name] = {line.value,
                                        std::string(file) + ':' + std::to_string(line.number)};
    }
    return result;
}

const Variable* Environment::find(std::string_view name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() || found->second.value.empty() ? nullptr : &found->second;
}

}  // namespace gomodel::config
