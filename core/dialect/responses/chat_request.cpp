#include "dialect/responses/chat_request.hpp"

#include <gomodel/json_out.hpp>

#include <algorithm>
#include <array>

#include "dialect/refusal.hpp"
#include "dialect/responses/input_items.hpp"
#include "dialect/responses/tools.hpp"

namespace gomodel::dialect::responses {
namespace {

using json::Node;
using json::Out;

// Members that chat completions do not have, or have under another name.
constexpr std::array<std::string_view, 21> kOwnOfRequest{"background",
                                                         "client_metadata",
                                                         "context_management",
                                                         "conversation",
                                                         "include",
                                                         "input",
                                                         "instructions",
                                                         "max_output_tokens",
                                                         "max_tool_calls",
                                                         "metadata",
                                                         "previous_response_id",
                                                         "prompt",
                                                         "provider",
                                                         "reasoning",
                                                         "store",
                                                         "stream_options",
                                                         "text",
                                                         "tool_choice",
                                                         "tools",
                                                         "top_logprobs",
                                                         "truncation"};

bool is_own(std::string_view name) {
    return std::find(kOwnOfRequest.begin(), kOwnOfRequest.end(), name) != kOwnOfRequest.end();
}

void refuse_state(Node request) {
    const auto refuse = [request](const char* name, const char* why) {
        if (!request[name].missing()) throw Refusal(name, why);
    };
    refuse("previous_response_id",
           "responses of this provider are not stored; send the whole conversation as input");
    refuse("conversation",
           "conversations of this provider are not stored; send the whole conversation as input");
    refuse("prompt", "stored prompts are not available from this provider");
    if (request["background"].is_true()) {
        throw Refusal("background", "this provider does not answer in the background");
    }
}

// null is how some clients leave a member out.
void copy(Node value, std::string_view name, Out& out) {
    if (!value.missing()) out.raw_member(name, value.raw());
}

void write_format(Node format, Out& out) {
    if (format.missing() || format["type"].equals("text")) return;
    if (format["type"].equals("json_object")) {
        out.raw_member("response_format", R"({"type":"json_object"})");
        return;
    }
    if (!format["type"].equals("json_schema")) {
        throw Refusal("text.format.type", "must be \"text\", \"json_object\" or \"json_schema\"");
    }
    out.key("response_format").begin_object().member("type", "json_schema");
    out.key("json_schema").begin_object();
    for (const Node member : format) {
        if (member.name() != "type") copy(member, member.name(), out);
    }
    out.end_object().end_object();
}

void write(Node request, ToolNames& names, Out& out) {
    const Tools tools(request, names);
    out.begin_object();
    for (const Node member : request) {
        if (!is_own(member.name())) {
            // Tools that are not sent cannot be called side by side either.
            if (member.name() == "parallel_tool_calls" && tools.empty()) continue;
            copy(member, member.name(), out);
        }
    }
    copy(request["max_output_tokens"], "max_tokens", out);
    if (const Node effort = request["reasoning"]["effort"]; !effort.missing()) {
        out.key("reasoning").begin_object().raw_member("effort", effort.raw()).end_object();
    }
    const Node counted = request["stream_options"]["include_usage"];
    if (request["stream"].is_true() && !counted.missing()) {
        out.key("stream_options").begin_object().raw_member("include_usage", counted.raw());
        out.end_object();
    }
    write_format(request["text"]["format"], out);
    copy(request["text"]["verbosity"], "verbosity", out);
    tools.write(out);
    out.key("messages").begin_array();
    const Node instructions = request["instructions"];
    if (!instructions.missing() && !instructions.is_string()) {
        throw Refusal("instructions", "must be a string");
    }
    if (!instructions.escaped().empty()) {
        out.begin_object().member("role", "system").raw_member("content", instructions.raw());
        out.end_object();
    }
    write_messages(request["input"], names, out);
    out.end_array().end_object();
}

}  // namespace

std::variant<std::string, ApiError> chat_request(Node request, ToolNames& names) {
    try {
        refuse_state(request);
        Out out;
        write(request, names, out);
        return out.text();
    } catch (const Refusal& refusal) {
        return refusal.error();
    }
}

}  // namespace gomodel::dialect::responses
