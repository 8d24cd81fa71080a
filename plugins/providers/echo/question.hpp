// What the client asked, reduced to what an echo needs. Plain values, read once in open().
#pragma once

#include <gomodel/op.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace echo {

struct Question {
    std::string id;  // the same for the same request, for the ids in the answer
    std::string model;
    std::string text;           // the last thing the user said
    std::size_t words = 0;      // in everything that was said
    bool stream_usage = false;  // chat: stream_options.include_usage
};

// Both throw Error(GM_INVALID) when the body is no JSON object.
Question read_chat(std::string_view request_id, const gomodel::Op& op);
Question read_responses(std::string_view request_id, const gomodel::Op& op);

struct EmbeddingQuestion {
    std::string model;
    std::vector<std::string> inputs;  // token arrays as their numbers
    std::size_t words = 0;
    std::size_t dimensions = 8;
    bool base64 = false;
};

// Throws Error(GM_INVALID) that names the field at fault.
EmbeddingQuestion read_embeddings(const gomodel::Op& op);

}  // namespace echo
