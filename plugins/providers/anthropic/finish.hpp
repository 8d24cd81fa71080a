// Small things the answer and the stream share: why a model stopped, how an error looks.
#pragma once

#include <string>
#include <string_view>

#include <gomodel/json_tree.hpp>

namespace anthropic {

// OpenAI's finish_reason for Anthropic's stop_reason. One that has no counterpart (pause_turn)
// stays as it is; none at all reads as "stop". The text needs no escapes.
std::string finish_reason(gomodel::json::Node stop_reason);

// OpenAI's error object for what Anthropic calls an error, {"type","message"}: its type is the
// code.
std::string error_json(gomodel::json::Node error);
// The same for an answer that is not what it should be.
std::string error_json(std::string_view message);

}  // namespace anthropic
