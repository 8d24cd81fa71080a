// How many tokens a request to /v1/messages is about, for providers that do not count: no model's
// own tokenizer is asked, so it can be off by a fifth for English and by more for other languages,
// images and documents. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "dialect/api_error.hpp"

namespace gomodel::dialect::messages {

// The answer of /v1/messages/count_tokens: {"input_tokens": n}. ApiError: it is no such request.
std::variant<std::string, ApiError> count_tokens(std::string_view body);

// Of a text in UTF-8.
std::int64_t estimate_tokens(std::string_view text);

}  // namespace gomodel::dialect::messages
