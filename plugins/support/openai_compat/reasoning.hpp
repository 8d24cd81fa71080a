// What OpenAI's reasoning models ask of a chat request: they take max_completion_tokens instead of
// max_tokens, no temperature, and reasoning_effort instead of a nested object.
// https://platform.openai.com/docs/guides/reasoning
#pragma once

#include <string>
#include <string_view>

namespace openai_compat {

// True for o1, o3-mini, gpt-5, gpt-5.1, gpt-5-mini, also behind a vendor's prefix (openai/o3).
bool is_reasoning_model(std::string_view model);

// Adapts a chat request to a reasoning model. True: `out` holds what to send instead of `body`;
// false: nothing needs to change, or `body` is no JSON object and the upstream shall say so.
//   max_tokens           -> max_completion_tokens, replacing one the client sent as well
//   temperature          removed
//   reasoning.effort     -> reasoning_effort, unless the client sent that as well
bool adapt_to_reasoning(std::string_view body, std::string& out);

}  // namespace openai_compat
