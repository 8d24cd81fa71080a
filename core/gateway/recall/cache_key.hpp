// Under which key the answer to a request is kept: the same for requests that ask the same model
// the same, however they are written and whoever asks. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gomodel::gateway::recall {

struct Question {
    std::string_view path;           // "/chat/completions"
    std::string_view provider_type;  // of the plugin
    std::string_view selector;       // "main/gpt-4o", resolved
    std::string_view variant;        // what else the answer depends on; usually empty
    std::string_view body;           // a JSON object
    bool stream = false;
};

// The prefix and 64 hex digits. Members of objects may come in any order, white space and escapes
// do not matter; `model` and a `provider` that is the gateway's are left out, as is what an absent
// member would say too. nullopt: the answer must not be kept, as it depends on more than the
// request (`background`, `conversation`), or the body is no JSON object.
std::optional<std::string> cache_key(std::string_view prefix, const Question& question);

}  // namespace gomodel::gateway::recall
