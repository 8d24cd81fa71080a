// A chat completion request as a request to Anthropic's Messages API.
// https://docs.anthropic.com/en/api/messages
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace anthropic {

struct RequestLimits {
    std::int64_t default_max_tokens = 4096;
    std::size_t max_image_bytes = 5242880;  // of base64
};

struct ChatRequest {
    std::string body;
    bool include_usage = false;  // the client asked for usage at the end of a stream
    bool uses_files = false;     // it names files of the Files API, a beta feature
};

// Throws Error(GM_INVALID), its message naming the member that will not do. Members the API has no
// counterpart for are left out: n, seed, logprobs, penalties and the like.
ChatRequest translate_request(std::string_view model, std::string_view body, bool stream,
                              const RequestLimits& limits);

}  // namespace anthropic
