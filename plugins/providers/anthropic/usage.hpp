// Tokens as Anthropic counts them, as OpenAI's usage object: prompt_tokens includes what was read
// from and written to the prompt cache, of which cached_tokens are the reads. Anthropic's own
// members stay beside them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

namespace anthropic {

class Usage {
public:
    // Takes what a usage object says. A stream has several, each counting from the beginning: a
    // later one replaces what it names, unless by 0 or null.
    void take(gomodel::json::Node usage);

    bool present() const { return present_; }
    // Writes the object, or null if there was none.
    void write(gomodel::json::Out& out) const;

private:
    bool present_ = false;
    std::int64_t input_ = 0;  // neither read from the cache nor written to it
    std::int64_t output_ = 0;
    std::int64_t cache_read_ = 0;
    std::int64_t cache_write_ = 0;
    std::int64_t thinking_ = -1;                            // of the output; -1: not told
    std::vector<std::pair<std::string, std::string>> own_;  // name, JSON
};

}  // namespace anthropic
