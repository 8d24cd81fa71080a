// Serves clients of Anthropic's Messages API from providers that only speak chat completions
// (Claude API reference, "Messages" and "Streaming messages"). Its parts: the request (chat_request
// and what it is made of: conversation, assistant_turn, user_content, tools), the parts of an
// answer (message_object), a whole answer (answer_mapping) and a stream (stream_mapping). Beside
// it: the API's errors (error_body) and a count of tokens (token_estimate).
#pragma once

#include "dialect/adapter.hpp"

namespace gomodel::dialect::messages {

std::unique_ptr<Adapter> over_chat(AnswerMark mark);

}  // namespace gomodel::dialect::messages
