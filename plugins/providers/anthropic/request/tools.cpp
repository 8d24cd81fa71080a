#include "anthropic/request/tools.hpp"

#include <optional>
#include <string>

#include "anthropic/request/content.hpp"
#include "anthropic/request/place.hpp"

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

enum class Choice { kUnsaid, kAuto, kAny, kNone, kTool };

struct ToolChoice {
    Choice kind = Choice::kUnsaid;
    Node name;  // of kTool
};

[[noreturn]] void refuse_choice() {
    Place("tool_choice").refuse("must be auto, none, required, or name a function");
}

ToolChoice choice_of_word(Node word) {
    if (word.blank() || word.equals("auto")) return {Choice::kAuto, {}};
    if (word.equals("required") || word.equals("any")) return {Choice::kAny, {}};
    if (word.equals("none")) return {Choice::kNone, {}};
    refuse_choice();
}

ToolChoice read_choice(Node root) {
    const Node choice = root["tool_choice"];
    if (choice.missing()) return {};
    if (choice.is_string()) return choice_of_word(choice);
    const Node type = choice["type"];
    if (type.equals("function") || type.equals("tool")) {
        const Node nested = choice["function"]["name"];
        const Node name = nested.is_string() ? nested : choice["name"];
        if (!name.is_string() || name.blank()) {
            Place("tool_choice.function.name").refuse("must be the name of a tool");
        }
        return {Choice::kTool, name};
    }
    if (!type.is_string()) refuse_choice();
    return choice_of_word(type);
}

void write_schema(Node parameters, const Place& place, Out& out) {
    if (parameters.missing()) {
        out.raw_member("input_schema", R"({"type":"object","properties":{}})");
        return;
    }
    if (!parameters.is_object()) place.refuse("must be a JSON Schema object");
    const Node type = parameters["type"];
    if (!type.missing() && !type.equals("object")) {
        Place(place, "type").refuse("must be \"object\"");
    }
    if (!type.missing()) {
        out.raw_member("input_schema", parameters.raw());
        return;
    }
    // The API insists on what a schema of parameters means anyway.
    out.key("input_schema").begin_object().member("type", "object");
    for (const Node member : parameters) {
        if (member.name() != "type") out.raw_member(member.name(), member.raw());
    }
    out.end_object();
}

void write_tool(Node tool, const Place& place, Out& out) {
    const Node type = tool["type"];
    if (!type.equals("function")) {
        Place(place, "type")
            .refuse("the provider takes tools of type \"function\" only" +
                    (type ? ", not " + std::string(type.raw()) : ""));
    }
    const Node function = tool["function"];
    const Place function_place(place, "function");
    if (!function.is_object()) function_place.refuse("must be an object");
    const Node name = function["name"];
    if (!name.is_string() || name.blank()) {
        Place(function_place, "name").refuse("must be a name");
    }
    out.begin_object().raw_member("name", name.raw());
    const Node description = function["description"];
    if (description.is_string()) out.raw_member("description", description.raw());
    write_schema(function["parameters"], Place(function_place, "parameters"), out);
    const Node marker = cache_marker(tool, place);
    write_cache_marker(marker ? marker : cache_marker(function, function_place), out);
    out.end_object();
}

void write_choice(const ToolChoice& choice, bool one_at_a_time, Out& out) {
    if (choice.kind == Choice::kUnsaid && !one_at_a_time) return;
    out.key("tool_choice").begin_object();
    switch (choice.kind) {
        case Choice::kUnsaid:
        case Choice::kAuto:
            out.member("type", "auto");
            break;
        case Choice::kAny:
            out.member("type", "any");
            break;
        case Choice::kNone:
            out.member("type", "none");
            break;
        case Choice::kTool:
            out.member("type", "tool").raw_member("name", choice.name.raw());
            break;
    }
    const bool may_call = choice.kind != Choice::kNone;
    if (may_call && one_at_a_time) out.raw_member("disable_parallel_tool_use", "true");
    out.end_object();
}

}  // namespace

bool forces_a_tool(Node root) {
    const Choice kind = read_choice(root).kind;
    return kind == Choice::kAny || kind == Choice::kTool;
}

void write_tools(Node root, bool called_before, Out& out) {
    const Node tools = root["tools"];
    if (!tools.missing() && !tools.is_array()) Place("tools").refuse("must be an array");
    const ToolChoice choice = read_choice(root);
    if (tools.size() == 0) {
        if (choice.kind == Choice::kUnsaid || choice.kind == Choice::kNone) return;
        Place("tool_choice").refuse("there are no tools to choose from");
    }
    if (choice.kind == Choice::kNone && !called_before) return;
    out.key("tools").begin_array();
    std::size_t index = 0;
    for (const Node tool : tools)
        write_tool(tool, Place(Place("tools"), index++), out);
    out.end_array();
    write_choice(choice, root["parallel_tool_calls"].is_false(), out);
}

}  // namespace anthropic
