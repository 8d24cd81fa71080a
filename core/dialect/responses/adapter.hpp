// Serves clients of the Responses API from providers that only speak chat completions (OpenAI API
// reference, "Responses" and "Responses streaming"). Its parts: the request (chat_request), the
// items that an answer consists of (output_items), the response object (response_object), a whole
// answer (answer_mapping) and a stream (stream_mapping).
#pragma once

#include "dialect/adapter.hpp"

namespace gomodel::dialect::responses {

std::unique_ptr<Adapter> over_chat(AnswerMark mark);

}  // namespace gomodel::dialect::responses
