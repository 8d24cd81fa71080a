// Which of a vLLM server's two roots an endpoint is under. Pure.
#pragma once

#include <string_view>

namespace vllm {

// `base_url` for what the server offers below it, and the base URL without a final /v1 for the rest
// (/tokenize, /rerank, /pooling). A query in `path`, which has no slash in front, does not count.
std::string_view passthrough_base(std::string_view base_url, std::string_view path);

}  // namespace vllm
