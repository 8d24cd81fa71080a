#include "anthropic/finish.hpp"

#include <gomodel/json_out.hpp>

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

std::string finish_reason(Node stop_reason) {
    constexpr struct {
        std::string_view theirs, ours;
    } kReasons[] = {
        {"end_turn", "stop"},
        {"stop_sequence", "stop"},
        {"tool_use", "tool_calls"},
        {"max_tokens", "length"},
        {"model_context_window_exceeded", "length"},
        {"refusal", "content_filter"},
    };
    for (const auto& reason : kReasons) {
        if (stop_reason.equals(reason.theirs)) return std::string(reason.ours);
    }
    const std::string_view other = stop_reason.escaped();
    return other.empty() ? "stop" : std::string(other);
}

std::string error_json(Node error) {
    const Node message = error["message"];
    const Node type = error["type"];
    Out out;
    out.begin_object().key("error").begin_object();
    out.key("message");
    if (message.is_string() && !message.blank()) {
        out.raw(message.raw());
    } else {
        out.string("the upstream reported an error");
    }
    out.member("type", "provider_error").raw_member("param", "null");
    out.raw_member("code", type.is_string() ? type.raw() : "null");
    return out.end_object().end_object().text();
}

std::string error_json(std::string_view message) {
    Out out;
    out.begin_object().key("error").begin_object().member("message", message);
    out.member("type", "provider_error").raw_member("param", "null").raw_member("code", "null");
    return out.end_object().end_object().text();
}

}  // namespace anthropic
