#include "config/problem.hpp"

#include <utility>

namespace gomodel::config {

std::string to_string(const Problem& problem) {
    std::string text;
    for (const std::string* part : {&problem.where, &problem.key}) {
        if (!part->empty()) text += *part + ": ";
    }
    return text + problem.message;
}

void Problems::warn(std::string where, std::string key, std::string message) {
    add({Severity::kWarning, std::move(where), std::move(key), std::move(message)});
}

void Problems::error(std::string where, std::string key, std::string message) {
    add({Severity::kError, std::move(where), std::move(key), std::move(message)});
}

void Problems::add(Problem problem) {
    fatal_ = fatal_ || problem.severity == Severity::kError;
    if (problems_.size() < kLimit) {
        problems_.push_back(std::move(problem));
    } else if (problems_.size() == kLimit) {
        problems_.push_back({problem.severity, {}, {}, "more problems were found and not listed"});
    } else if (fatal_) {
        problems_.back().severity = Severity::kError;
    }
}

}  // namespace gomodel::config
