// MiniMax's own embeddings and OpenAI's. Pure.
// https://platform.minimax.io/docs/api-reference/api-overview (model embo-01)
#pragma once

#include <string>
#include <string_view>

namespace minimax {

// What to send for an OpenAI embeddings request: {"model","texts":[...],"type"}. The type is the
// client's own "type" or, as texts are stored more often than asked for, "db". Throws Error
// (GM_INVALID) when the input is neither a string nor a list of strings.
std::string embed_request(std::string_view body);

// OpenAI's list of MiniMax's {"vectors":[[]],"total_tokens"}. Throws Error(GM_UNAVAILABLE) when
// `answer` holds no vectors.
std::string embedding_list(std::string_view answer, std::string model, bool base64);

}  // namespace minimax
