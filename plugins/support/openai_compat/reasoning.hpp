// What reasoning models ask of a chat request. OpenAI's take max_completion_tokens instead of
// max_tokens, no temperature, and reasoning_effort instead of a nested object; others have only the
// last of these in common. Pure.
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

// Adapts a vendor's chat request. True: `out` holds what to send instead of `body`.
using ChatEdit = bool (*)(std::string_view model, std::string_view body, std::string& out);

// For reasoning models, adapt_to_reasoning().
bool edit_for_openai(std::string_view model, std::string_view body, std::string& out);

// The same, but a nested reasoning object stays: the upstream may know more of it than its effort.
bool edit_keeping_reasoning(std::string_view model, std::string_view body, std::string& out);

// For any model: reasoning.effort -> reasoning_effort, and nothing else.
bool edit_effort(std::string_view model, std::string_view body, std::string& out);

// The vendor's word for a level of effort.
using EffortName = std::string_view (*)(std::string_view effort);

// reasoning.effort -> reasoning_effort, unless the client sent that as well, in the vendor's words;
// null: in the client's. False: there is no effort in `body`.
bool lift_effort(std::string_view body, EffortName name, std::string& out);

}  // namespace openai_compat
