// Ollama's own embeddings, POST /api/embed, and OpenAI's. Pure.
// https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings
#pragma once

#include <string>
#include <string_view>

namespace ollama {

// What to send for an OpenAI embeddings request: its model, input and dimensions. Empty when `body`
// is no JSON object.
std::string embed_request(std::string_view body);

// OpenAI's list of Ollama's {"model","embeddings":[[]],"prompt_eval_count"}. Throws Error
// (GM_UNAVAILABLE) when `answer` holds no embeddings.
std::string embedding_list(std::string_view answer, bool base64);

}  // namespace ollama
