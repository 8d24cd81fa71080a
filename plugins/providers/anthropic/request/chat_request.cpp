#include "anthropic/request/chat_request.hpp"

#include "anthropic/model_name.hpp"
#include "anthropic/request/messages.hpp"
#include "anthropic/request/place.hpp"
#include "anthropic/request/thinking.hpp"
#include "anthropic/request/tools.hpp"

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

// What response_format json_object asks for; the API has no such mode.
constexpr std::string_view kJsonInstruction =
    "Answer with one JSON object and nothing else: no explanation, no code fence.";

void write_max_tokens(Node root, const RequestLimits& limits, std::int64_t budget, Out& out) {
    constexpr std::int64_t kAnswer = 1024;  // what is left to answer with
    const Node newer = root["max_completion_tokens"];
    const Node given = newer.missing() ? root["max_tokens"] : newer;
    const char* const name = newer.missing() ? "max_tokens" : "max_completion_tokens";
    if (!given.missing() && !given.integer()) Place(name).refuse("must be a whole number");
    std::int64_t tokens = given.integer().value_or(limits.default_max_tokens);
    if (budget > 0 && tokens <= budget) tokens = budget + kAnswer;
    out.number_member("max_tokens", tokens);
}

void write_stop(Node root, Out& out) {
    const Node stop = root["stop"];
    if (stop.missing()) return;
    if (stop.is_string()) {
        out.key("stop_sequences").begin_array().raw(stop.raw()).end_array();
        return;
    }
    if (!stop.is_array()) Place("stop").refuse("must be a string or an array of strings");
    for (const Node each : stop) {
        if (!each.is_string()) Place("stop").refuse("must be a string or an array of strings");
    }
    if (stop.size() > 0) out.raw_member("stop_sequences", stop.raw());
}

// The schema that response_format asks answers to fit; absent: none.
Node answer_schema(Node root) {
    const Node format = root["response_format"];
    const Node type = format["type"];
    const bool free = type.equals("text") || type.equals("json_object");
    if (format.missing() || free) return {};
    const Place place("response_format");
    if (!type.equals("json_schema")) {
        Place(place, "type").refuse("must be text, json_object or json_schema");
    }
    const Node schema = format["json_schema"]["schema"];
    if (!schema.is_object()) Place(place, "json_schema.schema").refuse("must be an object");
    return schema;
}

// A client's own output_config goes on, with what is asked for in OpenAI's terms put in.
void write_output_config(Node root, const Thinking& thinking, Out& out) {
    const Node schema = answer_schema(root);
    const Node given = root["output_config"];
    if (!given.is_object() && !schema && thinking.effort.empty()) return;
    out.key("output_config").begin_object();
    for (const Node member : given) {
        const bool replaced = (schema && member.name() == "format") ||
                              (!thinking.effort.empty() && member.name() == "effort");
        if (!replaced) out.raw_member(member.name(), member.raw());
    }
    if (!thinking.effort.empty()) out.member("effort", thinking.effort);
    if (schema) {
        out.key("format").begin_object().member("type", "json_schema");
        out.raw_member("schema", schema.raw()).end_object();
    }
    out.end_object();
}

void write_service(Node root, Out& out) {
    const Node user =
        root["metadata"]["user_id"].is_string() ? root["metadata"]["user_id"] : root["user"];
    if (user.is_string() && !user.blank()) {
        out.key("metadata").begin_object().raw_member("user_id", user.raw()).end_object();
    }
    const Node tier = root["service_tier"];
    if (tier.equals("auto")) out.member("service_tier", "auto");
    if (tier.equals("default") || tier.equals("standard_only")) {
        out.member("service_tier", "standard_only");
    }
}

}  // namespace

ChatRequest translate_request(std::string_view model, std::string_view body, bool stream,
                              const RequestLimits& limits) {
    const gomodel::json::Tree tree(body);
    const Node root = tree.root();
    if (!root.is_object()) {
        throw gomodel::Error(GM_INVALID, "the request's body is not a JSON object");
    }
    const ModelName name(model);
    const ConversationFacts facts = look_at(root["messages"]);
    const Thinking thinking = read_thinking(root, name, {forces_a_tool(root), facts.thinking_lost});

    Out out;
    out.begin_object().member("model", model);
    write_max_tokens(root, limits, thinking.budget, out);
    if (stream) out.raw_member("stream", "true");
    write_sampling(root, name, thinking.on, out);
    write_stop(root, out);
    if (!thinking.json.empty()) out.raw_member("thinking", thinking.json);
    write_output_config(root, thinking, out);
    write_service(root, out);
    write_cache_marker(cache_marker(root, Place("")), out);
    write_tools(root, facts.calls_tools, out);
    ContentRules rules{limits.max_image_bytes};
    const bool json_object = root["response_format"]["type"].equals("json_object");
    write_conversation(root["messages"], json_object ? kJsonInstruction : std::string_view(), rules,
                       out);
    out.end_object();
    return {out.text(), root["stream_options"]["include_usage"].is_true(), rules.uses_files};
}

}  // namespace anthropic
