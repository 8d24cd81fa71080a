// Responses, whole and streamed.
// https://platform.openai.com/docs/api-reference/responses
// https://platform.openai.com/docs/api-reference/responses-streaming
#pragma once

#include <gomodel/provider.hpp>

#include <chrono>
#include <memory>
#include <string>

#include "question.hpp"

namespace echo {

std::string responses_answer(const Question& question);
std::unique_ptr<gomodel::Exchange> responses_stream(Question question,
                                                    std::chrono::milliseconds word_delay);

}  // namespace echo
