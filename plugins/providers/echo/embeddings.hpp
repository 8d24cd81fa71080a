// Embeddings that mean nothing but are the same for the same text.
// https://platform.openai.com/docs/api-reference/embeddings
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "question.hpp"

namespace echo {

std::string embeddings_answer(const EmbeddingQuestion& question);

// A vector of length 1 that depends on the text alone.
std::vector<float> embed(std::string_view text, std::size_t dimensions);

// The bytes of the numbers, little-endian, in base64 (RFC 4648).
std::string base64(const std::vector<float>& vector);

}  // namespace echo
