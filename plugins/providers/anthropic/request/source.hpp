// Images and documents: where their bytes come from, as Anthropic's sources.
#pragma once

#include "anthropic/request/content.hpp"

namespace anthropic {

// An image_url part, its URL given as an object or a string: data:image/...;base64,... or http(s).
// jpeg, png, gif, webp.
void append_image(gomodel::json::Node part, const Place& place, ContentRules& rules,
                  gomodel::json::Out& out);

// A file part: PDF or plain text as file_data (a data: URL, or a web address), or the id of a file
// that is at Anthropic. An image as a file is an image.
void append_file(gomodel::json::Node part, const Place& place, ContentRules& rules,
                 gomodel::json::Out& out);

}  // namespace anthropic
