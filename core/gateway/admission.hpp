// Whether the limits let a request go on to a provider, and what it then holds of them. Loop
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "gateway/request_context.hpp"

namespace gomodel::gateway {

inline constexpr std::uint64_t kBytesPerToken = 4;  // of a prompt nobody counted

// What a request is about to ask for.
struct Asked {
    const Provider* provider = nullptr;
    const Model* model = nullptr;  // nullptr: unknown, or only `model_name` is
    std::string_view model_name;
    std::string_view body;  // as far as it has been read
    std::uint64_t body_bytes = 0;
    bool produces = true;  // tokens that cost something; false: it only counts or embeds
    bool spends = true;    // false: it costs nothing
};

// Reserves of the budgets and the rates that apply, and notes how near they are. An error: 429 or
// 503, and nothing is reserved.
dialect::Failure admit(RequestContext& context, const Asked& asked);
// The same request is about to ask another model, as the one before failed.
dialect::Failure admit_again(RequestContext& context, const Asked& asked);

// Adds what admit() noted to the header of an answer, in place of what the upstream says of its
// own limits.
void add_limit_fields(const RequestContext& context, net::HeaderFields& fields);

}  // namespace gomodel::gateway
