// The text in the content of a message, which may be a text or a list of parts, and the content
// that says another text. Shared by the APIs; private to the view of messages. Pure.
#pragma once

#include <gomodel/json_tree.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace gomodel::dialect::guarded {

// The member of that name. Throws Rejected if there are several: upstreams might not agree with us
// on which of them counts, and be told what no guardrail has seen.
json::Node sole(json::Node object, std::string_view name);

// Escaped: a text as it is; of parts, the texts with a space between them; otherwise nothing.
// Throws Rejected for a part with a member twice.
std::string text_of(json::Node content);

// The JSON of a content with this text, escaped, in place of its own. Of a list, the first text
// part gets it and the others go; where there is none, one of `type` comes in front of what may
// have something in front of it. An empty text takes the parts away. Throws Rejected if nothing is
// left. other: the JSON of a part that is no text; nullptr: as it is.
using OtherPart = std::function<std::string(json::Node part)>;
std::string with_text(json::Node content, std::string_view text, std::string_view type,
                      const OtherPart& other = nullptr);

// The JSON of an object with another value for one of its members.
std::string with_member(json::Node object, std::string_view name, std::string_view value);

// A text part.
std::string text_part(std::string_view type, std::string_view escaped);

}  // namespace gomodel::dialect::guarded
