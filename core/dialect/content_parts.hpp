// The messages of a chat request: content parts are checked, and the spellings that only the
// gateway accepts (input_text, input_image, a bare image URL) are turned into the API's own.
// Private to the dialects.
#pragma once

#include <vector>

#include "dialect/json_walk.hpp"
#include "dialect/splice.hpp"

namespace gomodel::dialect {

// Reads one message object; throws BadRequest. Appends the edits that normalise it.
void read_message(const JsonWalk& walk, Json::object message, std::size_t index,
                  std::vector<Edit>& edits);

}  // namespace gomodel::dialect
