// How much the model thinks before it answers: OpenAI's reasoning_effort (or reasoning.effort,
// reasoning.max_tokens) as Anthropic's thinking and output_config.effort, and what thinking
// forbids. https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>
#include "anthropic/model_name.hpp"

namespace anthropic {

struct Thinking {
    bool on = false;
    std::string json;         // the thinking member; empty: none
    std::string effort;       // output_config.effort; empty: none
    std::int64_t budget = 0;  // tokens the answer's limit must exceed; 0: none
};

// What the rest of the request means for thinking.
struct Circumstances {
    bool forced_tool = false;  // the client forces a tool: the API then allows no thinking
    // A turn goes on after tool calls, and the thinking that led to them was not sent back: the API
    // then refuses thinking up to a budget.
    bool thinking_lost = false;
};

// `root` is the client's request. A client's own thinking object goes on as it is.
Thinking read_thinking(gomodel::json::Node root, const ModelName& model,
                       Circumstances circumstances);

// Writes temperature, top_p and top_k: what the model takes of them.
void write_sampling(gomodel::json::Node root, const ModelName& model, bool thinking,
                    gomodel::json::Out& out);

}  // namespace anthropic
