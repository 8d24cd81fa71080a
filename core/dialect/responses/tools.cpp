#include "dialect/responses/tools.hpp"

#include <optional>
#include <set>
#include <string>

#include "dialect/refusal.hpp"

namespace gomodel::dialect::responses {
namespace {

using json::Node;
using json::Out;

using Names = std::optional<std::set<std::string>>;  // nullopt: any

bool is_of_function(std::string_view member) {
    return member == "name" || member == "description" || member == "parameters" ||
           member == "strict";
}

// A function as it may be written: {"type","name",...} or chat's {"type","function":{...}}.
std::string name_of(Node tool) {
    return tool["function"].is_object() ? tool["function"]["name"].text() : tool["name"].text();
}

void write_tool(Node tool, Out& out) {
    if (tool["function"].is_object()) {
        out.raw(tool.raw());
        return;
    }
    out.begin_object().member("type", "function").key("function").begin_object();
    for (const Node member : tool) {
        const bool given = is_of_function(member.name()) && !member.missing();
        if (given) out.raw_member(member.name(), member.raw());
    }
    out.end_object();
    for (const Node member : tool) {
        if (member.name() == "type" || is_of_function(member.name())) continue;
        out.raw_member(member.name(), member.raw());
    }
    out.end_object();
}

void check_tool(Node tool, const std::string& place) {
    if (!tool.is_object()) throw Refusal(place, "must be an object");
    const Node type = tool["type"];
    if (!type.equals("function")) {
        throw Refusal(place + ".type",
                      "this provider has no tools of type \"" + type.text() + "\", only functions");
    }
    if (name_of(tool).empty()) throw Refusal(place + ".name", "is required");
}

// The functions that tool_choice leaves, if it names several.
Names allowed(Node choice) {
    if (!choice["type"].equals("allowed_tools")) return std::nullopt;
    const Node given =
        choice["tools"].is_array() ? choice["tools"] : choice["allowed_tools"]["tools"];
    std::set<std::string> names;
    for (const Node tool : given)
        names.insert(name_of(tool));
    return names;
}

void write_choice(Node choice, Out& out) {
    if (choice.missing()) return;
    out.key("tool_choice");
    const Node type = choice["type"];
    if (choice.is_string()) {
        out.raw(choice.raw());
    } else if (type.equals("function")) {
        out.begin_object().member("type", "function").key("function").begin_object();
        out.member("name", name_of(choice)).end_object().end_object();
    } else if (type.equals("allowed_tools")) {
        const Node mode =
            choice["mode"].is_string() ? choice["mode"] : choice["allowed_tools"]["mode"];
        out.raw(mode.is_string() ? mode.raw() : "\"auto\"");
    } else {
        throw Refusal("tool_choice", "this provider can only be told to call functions, not \"" +
                                         type.text() + "\"");
    }
}

}  // namespace

void write_tools(Node request, Out& out) {
    const Node tools = request["tools"];
    if (tools.missing()) return;
    if (!tools.is_array()) throw Refusal("tools", "must be an array");
    const Names names = allowed(request["tool_choice"]);
    std::size_t written = 0;
    std::size_t index = 0;
    Out list;
    list.begin_array();
    for (const Node tool : tools) {
        check_tool(tool, element("tools", index++));
        if (names.has_value() && names->count(name_of(tool)) == 0) continue;
        write_tool(tool, list);
        ++written;
    }
    list.end_array();
    if (written == 0) return;  // upstreams refuse an empty list, and a choice from it
    out.raw_member("tools", list.text());
    write_choice(request["tool_choice"], out);
}

}  // namespace gomodel::dialect::responses
