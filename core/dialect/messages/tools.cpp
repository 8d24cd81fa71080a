#include "dialect/messages/tools.hpp"

#include "dialect/refusal.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;
using json::Out;

void write_tool(Node tool, const std::string& place, Out& out) {
    if (!tool.is_object()) throw Refusal(place, "must be an object");
    const Node type = tool["type"];
    if (!type.missing() && !type.equals("custom")) {
        throw Refusal(place + ".type", "this provider has no tools of type \"" + type.text() +
                                           "\", only custom ones");
    }
    const Node name = tool["name"];
    if (!name.is_string() || name.blank()) throw Refusal(place + ".name", "is required");
    const Node schema = tool["input_schema"];
    if (!schema.is_object()) throw Refusal(place + ".input_schema", "must be an object");
    out.begin_object().member("type", "function").key("function").begin_object();
    out.raw_member("name", name.raw());
    if (tool["description"].is_string()) out.raw_member("description", tool["description"].raw());
    out.raw_member("parameters", schema.raw());
    if (tool["strict"].is_true()) out.raw_member("strict", "true");
    out.end_object().end_object();
}

void write_choice(Node choice, Out& out) {
    const Node type = choice["type"];
    out.key("tool_choice");
    if (type.equals("auto") || type.equals("none")) {
        out.raw(type.raw());
    } else if (type.equals("any")) {
        out.string("required");
    } else if (type.equals("tool")) {
        const Node name = choice["name"];
        if (!name.is_string() || name.blank()) throw Refusal("tool_choice.name", "is required");
        out.begin_object().member("type", "function").key("function").begin_object();
        out.raw_member("name", name.raw()).end_object().end_object();
    } else {
        throw Refusal("tool_choice.type", "must be \"auto\", \"any\", \"tool\" or \"none\"");
    }
}

}  // namespace

void write_tools(Node request, Out& out) {
    const Node tools = request["tools"];
    const Node choice = request["tool_choice"];
    if (!tools.missing() && !tools.is_array()) throw Refusal("tools", "must be an array");
    if (!choice.missing() && !choice.is_object()) {
        throw Refusal("tool_choice", "must be an object");
    }
    if (tools.size() == 0) {  // upstreams refuse an empty list, and a choice from it
        if (choice["type"].equals("any") || choice["type"].equals("tool")) {
            throw Refusal("tool_choice", "there are no tools to choose from");
        }
        return;
    }
    out.key("tools").begin_array();
    std::size_t index = 0;
    for (const Node tool : tools)
        write_tool(tool, element("tools", index++), out);
    out.end_array();
    if (choice.missing()) return;
    write_choice(choice, out);
    if (choice["disable_parallel_tool_use"].is_true()) {
        out.raw_member("parallel_tool_calls", "false");
    }
}

}  // namespace gomodel::dialect::messages
