// Tokens as OpenAI's `usage` objects count them (chat completions, responses, embeddings), and what
// Anthropic's means in those terms: there the prompt is told without what was read from a cache or
// written to it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gomodel::dialect {

// Every count is between 0 and 2^54.
struct TokenUsage {
    bool present = false;
    std::int64_t prompt = 0;      // prompt_tokens or input_tokens; all of it
    std::int64_t completion = 0;  // completion_tokens or output_tokens
    std::int64_t total = 0;       // total_tokens; the sum of the two if it is missing
    std::int64_t cached = 0;      // of the prompt: *_tokens_details.cached_tokens
    std::int64_t reasoning = 0;   // of the completion: *_tokens_details.reasoning_tokens
    std::string raw = {};         // the object itself; empty if it is longer than kMaxRaw

    static constexpr std::size_t kMaxRaw = 16 * 1024;
};

// What is kept of an answer.
struct AnswerSummary {
    TokenUsage usage;
    std::string id;
    std::string model;
};

// Reads the JSON object; what is malformed counts as absent.
TokenUsage read_usage(std::string_view json);

// A whole answer; what it lacks is absent. nullopt: it is not one JSON object in UTF-8. Values
// nobody looks at are not checked.
std::optional<AnswerSummary> read_answer(std::string_view json);

}  // namespace gomodel::dialect
