// One message as guardrails see it: {"role","content","tool_calls","tool_call_id","content_null"},
// whatever API the request speaks. The content is text; `content_null` says that the client gave
// none. Pure.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "dialect/api_error.hpp"

namespace gomodel::dialect::guarded {

struct Entry {
    std::string role = {};
    std::string content = {};  // escaped
    bool content_null = false;
    std::string tool_calls = {};    // JSON array; empty: none
    std::string tool_call_id = {};  // escaped; empty: none

    // Developers' messages are what system messages are called on newer models.
    bool is_system() const { return role == "system" || role == "developer"; }
};

// As a JSON array.
std::string to_json(const std::vector<Entry>& entries);

// The entries of such an array; a text: why it is none.
std::variant<std::vector<Entry>, std::string> read_entries(std::string_view json);

// True iff two texts say the same, however they are escaped.
bool same_text(std::string_view escaped, std::string_view other);

// Which entry of `before` each one of `after` was; kNew: none. Those that are not system messages
// are the same ones in the same order; system messages are matched from the tail.
inline constexpr std::size_t kNew = ~std::size_t{0};
enum class Misplaced { kInserted, kReordered, kRemoved, kToolCalls };
std::variant<std::vector<std::size_t>, Misplaced> align(const std::vector<Entry>& before,
                                                        const std::vector<Entry>& after);

// How looking at a request, or writing it back, ends early.
class Rejected : public std::exception {
public:
    explicit Rejected(std::string message) : error_(invalid_request(std::move(message))) {}
    const char* what() const noexcept override { return error_.message.c_str(); }
    const ApiError& error() const { return error_; }

private:
    ApiError error_;
};

// The same, or throws Rejected. `what`: "non-system chat messages".
std::vector<std::size_t> aligned(const std::vector<Entry>& before, const std::vector<Entry>& after,
                                 const std::string& what);

}  // namespace gomodel::dialect::guarded
