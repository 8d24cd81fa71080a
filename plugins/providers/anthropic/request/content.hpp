// The content of a message: OpenAI's parts as Anthropic's blocks.
// https://docs.anthropic.com/en/api/messages
#pragma once

#include <cstddef>

#include "anthropic/request/place.hpp"
#include "json_tree/out.hpp"
#include "json_tree/tree.hpp"

namespace anthropic {

struct ContentRules {
    std::size_t max_image_bytes;  // of base64
    bool uses_files = false;      // set when a block names a file of the Files API
};

// Appends the part's block: text, an image, a document. An empty text gives none.
// Throws Error(GM_INVALID) that names the member which will not do.
void append_block(json_tree::Node part, const Place& place, ContentRules& rules,
                  json_tree::Out& out);

// Appends a block for each part of `content`: a string, an array of parts, null or absent.
void append_blocks(json_tree::Node content, const Place& place, ContentRules& rules,
                   json_tree::Out& out);

// Appends a text block; `marker` is its cache_control, possibly absent.
void append_text_block(std::string_view escaped, json_tree::Node marker, json_tree::Out& out);

// The prompt-cache marker of a part, message or tool: an object, or absent. Refuses anything else.
json_tree::Node cache_marker(json_tree::Node holder, const Place& place);
// Writes it as a member, if there is one.
void write_cache_marker(json_tree::Node marker, json_tree::Out& out);

}  // namespace anthropic
