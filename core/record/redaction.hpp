// Takes secrets out of what is kept of a request. Immutable; any thread.
#pragma once

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gomodel::record {

inline constexpr std::string_view kRedacted = "[REDACTED]";

class Redaction {
public:
    // `names`: of more secrets, besides those that are known; in any case, `*` stands for anything.
    explicit Redaction(std::vector<std::string> names = {});

    // True iff the value of a header or of a query's parameter is a secret: those of credentials,
    // and whatever has "token", "secret", "password" or "api-key" in its name.
    bool names_secret(std::string_view name) const;
    // A query, or a URL with one, with the values of such parameters replaced.
    std::string query(std::string_view text) const;
    // True iff anything is taken out of bodies: members of the names given, and only those.
    bool of_bodies() const { return !names_.empty(); }
    std::string body(std::string_view json) const;

private:
    bool is_given(std::string_view name) const;
    void write(json::Out& out, json::Node node) const;

    std::vector<std::string> names_;  // in lower case
};

}  // namespace gomodel::record
