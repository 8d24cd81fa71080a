#include "passthrough.hpp"

#include <algorithm>
#include <array>

#include "openai_compat/provider.hpp"

namespace vllm {

std::string_view passthrough_base(std::string_view base_url, std::string_view path) {
    constexpr std::array kVersioned = {"models",     "chat/completions", "responses", "completions",
                                       "embeddings", "messages",         "audio",     "files",
                                       "batches"};
    constexpr std::string_view kVersion = "/v1";
    const bool versioned = std::any_of(
        kVersioned.begin(), kVersioned.end(),
        [path](std::string_view folder) { return openai_compat::is_below(path, folder); });
    if (!versioned && base_url.ends_with(kVersion)) base_url.remove_suffix(kVersion.size());
    return base_url;
}

}  // namespace vllm
