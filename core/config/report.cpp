#include "config/report.hpp"

namespace gomodel::config {

void Report::add(Severity severity, std::string_view path, std::string message) {
    const auto origin = origins_.find(path);
    if (origin == origins_.end()) {
        problems_.add({severity, document_.where(path), std::string(path), std::move(message)});
    } else if (origin->second.variable.empty()) {
        problems_.add({severity, origin->second.where, std::string(path), std::move(message)});
    } else {
        message.append(" (").append(path) += ')';
        problems_.add(
            {severity, origin->second.where, origin->second.variable, std::move(message)});
    }
}

}  // namespace gomodel::config
