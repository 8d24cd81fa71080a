#include "anthropic/usage.hpp"

#include <algorithm>

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

void take_count(Node count, std::int64_t& value) {
    const std::int64_t number = count.integer().value_or(0);
    if (number > 0) value = number;
}

}  // namespace

void Usage::take(Node usage) {
    if (!usage.is_object()) return;
    present_ = true;
    take_count(usage["input_tokens"], input_);
    take_count(usage["output_tokens"], output_);
    take_count(usage["cache_read_input_tokens"], cache_read_);
    take_count(usage["cache_creation_input_tokens"], cache_write_);
    thinking_ = usage["output_tokens_details"]["thinking_tokens"].integer().value_or(thinking_);
    for (const Node member : usage) {
        const std::string_view name = member.name();
        // Those two mean OpenAI's counts to whoever reads this object.
        if (member.missing() || name == "input_tokens" || name == "output_tokens") continue;
        const auto known = std::find_if(own_.begin(), own_.end(),
                                        [name](const auto& own) { return own.first == name; });
        if (known == own_.end()) {
            own_.emplace_back(name, gomodel::json::compact(member.raw()));
        } else if (member.raw() != "0") {
            known->second = gomodel::json::compact(member.raw());
        }
    }
}

void Usage::write(Out& out) const {
    if (!present_) {
        out.raw("null");
        return;
    }
    const std::int64_t prompt = input_ + cache_read_ + cache_write_;
    out.begin_object().number_member("prompt_tokens", prompt);
    out.number_member("completion_tokens", output_);
    out.number_member("total_tokens", prompt + output_);
    out.key("prompt_tokens_details").begin_object();
    out.number_member("cached_tokens", cache_read_).number_member("audio_tokens", 0).end_object();
    if (thinking_ >= 0) {
        out.key("completion_tokens_details").begin_object();
        out.number_member("reasoning_tokens", thinking_).end_object();
    }
    for (const auto& [name, json] : own_)
        out.raw_member(name, json);
    out.end_object();
}

}  // namespace anthropic
