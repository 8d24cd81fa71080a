// Chat completions, whole and streamed.
// https://platform.openai.com/docs/api-reference/chat
#pragma once

#include <gomodel/provider.hpp>

#include <chrono>
#include <memory>
#include <string>

#include "question.hpp"

namespace echo {

std::string chat_answer(const Question& question);
std::unique_ptr<gomodel::Exchange> chat_stream(Question question,
                                               std::chrono::milliseconds word_delay);

}  // namespace echo
