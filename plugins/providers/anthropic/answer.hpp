// A message of Anthropic's, as a chat completion. Thinking is told twice: its text as
// reasoning_content, for who shows it, and whole as thinking_blocks, to be sent back.
// https://docs.anthropic.com/en/api/messages
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

namespace anthropic {

struct Translated {
    std::string json;
    bool error = false;  // `json` is an OpenAI error object
};

// `model`: what was asked for, in case the answer does not say. created: Unix seconds.
Translated translate_answer(std::string_view body, std::string_view model, std::int64_t created);

// A thinking block as clients get it: Anthropic's, with `index`, its place among the message's
// blocks. All text is given escaped.
struct ThoughtBlock {
    std::int64_t index = 0;
    bool redacted = false;
    std::string text;       // or a redacted block's data
    std::string signature;  // may be empty
};
void write_thought(const ThoughtBlock& block, gomodel::json::Out& out);

// True for a text block that continues the text before it: text with citations is cut where they
// begin and end.
bool continues_text(gomodel::json::Node text_block);

}  // namespace anthropic
