// The content of a message: OpenAI's parts as Anthropic's blocks.
// https://docs.anthropic.com/en/api/messages
#pragma once

#include <cstddef>

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>
#include "anthropic/request/place.hpp"

namespace anthropic {

struct ContentRules {
    std::size_t max_image_bytes;  // of base64
    bool uses_files = false;      // set when a block names a file of the Files API
};

// Appends the part's block: text, an image, a document. An empty text gives none.
// Throws Error(GM_INVALID) that names the member which will not do.
void append_block(gomodel::json::Node part, const Place& place, ContentRules& rules,
                  gomodel::json::Out& out);

// Appends a block for each part of `content`: a string, an array of parts, null or absent.
void append_blocks(gomodel::json::Node content, const Place& place, ContentRules& rules,
                   gomodel::json::Out& out);

// Appends a text block; `marker` is its cache_control, possibly absent.
void append_text_block(std::string_view escaped, gomodel::json::Node marker,
                       gomodel::json::Out& out);

// The prompt-cache marker of a part, message or tool: an object, or absent. Refuses anything else.
gomodel::json::Node cache_marker(gomodel::json::Node holder, const Place& place);
// Writes it as a member, if there is one.
void write_cache_marker(gomodel::json::Node marker, gomodel::json::Out& out);

}  // namespace anthropic
