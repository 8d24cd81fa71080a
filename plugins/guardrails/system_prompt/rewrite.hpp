// What a system prompt makes of a list of messages. Messages with the role `developer`, the newer
// name, are system messages. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace system_prompt {

enum class Mode { kInject, kOverride, kDecorator };

// The list with the prompt in it; nothing: it stays as it is. Throws gomodel::Error for what is no
// list of messages.
std::optional<std::string> rewrite(Mode mode, std::string_view prompt, std::string_view messages);

}  // namespace system_prompt
