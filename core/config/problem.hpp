// What is wrong with a configuration: every fault found, not only the first, each with its place.
// Filled by the loader and by provider discovery, printed by whoever called them. A plain value.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gomodel::config {

enum class Severity { kWarning, kError };

struct Problem {
    Severity severity = Severity::kError;
    std::string where;  // "config.yaml:42", ".env:3", "environment"; empty: no one place
    std::string key;    // "providers.acme.base_url", or the variable's name; empty: the whole file
    std::string message;  // says what is expected, never the value: it may be a secret
};

// "config.yaml:42: providers.acme.base_url: message"
std::string to_string(const Problem& problem);

class Problems {
public:
    // A hostile file can hold millions of faults; the first thousand are enough to act on.
    static constexpr std::size_t kLimit = 1000;

    void warn(std::string where, std::string key, std::string message);
    void error(std::string where, std::string key, std::string message);
    void add(Problem problem);

    // True iff an error was added: what was loaded must not be used.
    bool fatal() const { return fatal_; }
    // True once nothing more is listed: advice that costs time may be left out.
    bool full() const { return problems_.size() > kLimit; }
    const std::vector<Problem>& all() const { return problems_; }

private:
    std::vector<Problem> problems_;
    bool fatal_ = false;
};

}  // namespace gomodel::config
