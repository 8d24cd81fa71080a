// Embeddings of upstreams that have an API of their own for them, in OpenAI's shape. Pure.
// https://platform.openai.com/docs/api-reference/embeddings
#pragma once

#include <string>
#include <string_view>

namespace openai_compat {

// True iff the request asks for base64 instead of numbers ("encoding_format").
bool wants_base64(std::string_view body);

struct EmbeddingList {
    std::string model;         // the model's name
    std::string_view vectors;  // JSON: an array of arrays of numbers
    std::string_view tokens;   // JSON: the number of tokens of the input
    bool base64 = false;       // vectors as base64 of 32-bit floats, little-endian
};

// {"object":"list","data":[{"object":"embedding","index","embedding"}],"model","usage"}; numbers
// are spelled as the upstream spelled them. Throws Error(GM_UNAVAILABLE) when the vectors are none.
std::string to_json(const EmbeddingList& list);

}  // namespace openai_compat
