// Reading a chat completion or its chunks for clients of other dialects: where vendors differ, one
// answer. Texts stay escaped, as they came: pieces of a JSON string joined are that string. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gomodel::dialect {

// Vendors' two names for the reasoning of a message or delta; absent if there is none.
json::Node reasoning_of(json::Node message);
// A string's escaped text, or any other value as JSON in a string; null and absent are empty.
std::string escaped_of(json::Node value);
// Text given as a string or as parts of type "text", escaped.
std::string content_of(json::Node content);

// A tool call whose pieces come, as far as they name it.
struct ChatCall {
    std::int64_t index = 0;
    std::string id;
    std::string name;

    void take(json::Node fragment);
};

// The call that a fragment of a delta is of, a new one if need be. Vendors number the calls, give
// every fragment the call's id, or send each call whole: an id that is new begins a new one,
// whatever its number. Call: a ChatCall.
template <class Call>
Call& find_call(std::vector<Call>& calls, json::Node fragment) {
    const std::string_view id = fragment["id"].escaped();
    const std::optional<std::int64_t> index = fragment["index"].integer();
    const bool named = !fragment["function"]["name"].escaped().empty();
    for (auto call = calls.rbegin(); call != calls.rend(); ++call) {
        const bool same_id = id.empty() || call->id.empty() || call->id == id;
        const bool another = !index.has_value() && id.empty() && named && !call->name.empty();
        const bool same_index = !index.has_value() || call->index == *index;
        if (same_id && same_index && !another) return *call;
        if (another) break;
    }
    Call& call = calls.emplace_back();
    call.index = index.value_or(static_cast<std::int64_t>(calls.size()) - 1);
    return call;
}

}  // namespace gomodel::dialect
