#include "dialect/messages/tools.hpp"

#include <algorithm>
#include <array>

#include "dialect/refusal.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;
using json::Out;

// Tools that Anthropic runs, by the beginning of their types; the dates behind it change.
constexpr std::array<std::string_view, 4> kHosted{"web_search_", "web_fetch_", "code_execution_",
                                                  "tool_search_tool_"};

bool is_hosted(Node tool) {
    const std::string_view type = tool["type"].escaped();
    return std::any_of(kHosted.begin(), kHosted.end(),
                       [type](std::string_view beginning) { return type.starts_with(beginning); });
}

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

// Of a tool that is left out.
void refuse_choice(Node choice, Node tool) {
    if (choice["type"].equals("tool") && choice["name"].text() == tool["name"].text())
        throw Refusal("tool_choice.name", "this provider does not have the tool");
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
    // Beside others the model can do without them; alone, they are what the request is about.
    bool left_out = false;
    for (const Node tool : tools)
        left_out |= !is_hosted(tool);
    out.key("tools").begin_array();
    std::size_t index = 0;
    for (const Node tool : tools) {
        const std::string place = element("tools", index++);
        if (left_out && is_hosted(tool)) {
            refuse_choice(choice, tool);
        } else {
            write_tool(tool, place, out);
        }
    }
    out.end_array();
    if (choice.missing()) return;
    write_choice(choice, out);
    if (choice["disable_parallel_tool_use"].is_true()) {
        out.raw_member("parallel_tool_calls", "false");
    }
}

}  // namespace gomodel::dialect::messages
