#include "dialect/messages/chat_request.hpp"

#include <gomodel/json_out.hpp>

#include <array>
#include <cstdint>

#include "base/sha256.hpp"
#include "dialect/messages/conversation.hpp"
#include "dialect/messages/tools.hpp"
#include "dialect/refusal.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;
using json::Out;

// Left out, these would change what is done, or where, without a word.
void refuse_unavailable(Node request) {
    if (!request["container"].missing()) {
        throw Refusal("container", "this provider has no containers");
    }
    if (request["mcp_servers"].size() != 0) {
        throw Refusal("mcp_servers", "this provider calls no MCP servers");
    }
    if (!request["inference_geo"].missing()) {
        throw Refusal("inference_geo", "this provider cannot be told where to answer");
    }
}

void write_max_tokens(Node request, Out& out) {
    const Node given = request["max_tokens"];
    if (given.missing()) throw Refusal("max_tokens", "is required");
    const std::optional<std::int64_t> count = given.integer();
    if (!count.has_value() || *count < 1) {
        throw Refusal("max_tokens", "must be a whole number, and at least 1");
    }
    out.number_member("max_tokens", *count);
}

void write_sampling(Node request, Out& out) {
    for (const char* const name : {"temperature", "top_p", "top_k"}) {
        const Node value = request[name];
        if (value.missing()) continue;
        if (!value.is_number()) throw Refusal(name, "must be a number");
        out.raw_member(name, value.raw());
    }
    const Node stop = request["stop_sequences"];
    if (stop.missing()) return;
    if (!stop.is_array()) throw Refusal("stop_sequences", "must be an array of strings");
    for (const Node sequence : stop) {
        if (!sequence.is_string()) throw Refusal("stop_sequences", "must be an array of strings");
    }
    if (stop.size() != 0) out.raw_member("stop", stop.raw());
}

// OpenAI takes at most 64 characters; a digest tells users apart as well.
void write_user(Node request, Out& out) {
    constexpr std::size_t kLongest = 64;
    const Node user = request["metadata"]["user_id"];
    if (!user.is_string() || user.blank()) return;
    const std::string name = user.text();
    out.member("user", name.size() <= kLongest ? name : base::sha256_hex(name));
}

// The provider of Anthropic's models makes budgets of efforts by the same numbers.
std::string_view effort_of(std::int64_t budget) {
    if (budget <= 5000) return "low";
    return budget <= 10000 ? "medium" : "high";
}

void write_effort(Node request, Out& out) {
    const Node thinking = request["thinking"];
    const Node type = thinking["type"];
    if (thinking.missing() || type.equals("disabled")) return;
    const bool up_to = type.equals("enabled");
    if (!up_to && !type.equals("adaptive") && !type.equals("between_tools")) {
        throw Refusal("thinking.type",
                      "must be \"enabled\", \"adaptive\", \"between_tools\" or \"disabled\"");
    }
    const std::optional<std::int64_t> budget = thinking["budget_tokens"].integer();
    if (up_to && !budget.has_value()) {
        throw Refusal("thinking.budget_tokens", "must be a whole number");
    }
    const Node wanted = request["output_config"]["effort"];
    std::string effort(up_to ? effort_of(*budget) : std::string_view());
    if (wanted.is_string()) effort = wanted.text();
    if (effort == "max") effort = "xhigh";
    if (effort.empty()) return;
    out.key("reasoning").begin_object().member("effort", effort).end_object();
}

void write_format(Node request, Out& out) {
    const Node newer = request["output_config"]["format"];
    const bool is_newer = !newer.missing();
    const Node format = is_newer ? newer : request["output_format"];
    if (format.missing()) return;
    const std::string place = is_newer ? "output_config.format" : "output_format";
    if (!format["type"].equals("json_schema")) {
        throw Refusal(place + ".type", "must be \"json_schema\"");
    }
    if (!format["schema"].is_object()) throw Refusal(place + ".schema", "must be an object");
    out.key("response_format").begin_object().member("type", "json_schema");
    out.key("json_schema").begin_object().member("name", "answer").raw_member("strict", "true");
    out.raw_member("schema", format["schema"].raw()).end_object().end_object();
}

void write(Node request, std::string_view source, Out& out) {
    out.begin_object();
    if (request["model"].is_string()) out.raw_member("model", request["model"].raw());
    if (request["stream"].is_true()) out.raw_member("stream", "true");
    write_max_tokens(request, out);
    write_sampling(request, out);
    write_user(request, out);
    write_effort(request, out);
    write_format(request, out);
    write_tools(request, out);
    write_conversation(request, source, out);
    out.end_object();
}

}  // namespace

std::variant<std::string, ApiError> chat_request(Node request, std::string_view source) {
    try {
        refuse_unavailable(request);
        Out out;
        write(request, source, out);
        return out.text();
    } catch (const Refusal& refusal) {
        return refusal.error();
    }
}

}  // namespace gomodel::dialect::messages
