#include "dialect/responses/tools.hpp"

#include <algorithm>
#include <array>

#include "dialect/refusal.hpp"

namespace gomodel::dialect::responses {
namespace {

using json::Node;
using json::Out;

// Members of a tool that are not for a chat model.
constexpr std::array<std::string_view, 5> kOwnOfTool{"type", "function", "allowed_callers",
                                                     "defer_loading", "output_schema"};

bool is_of_function(std::string_view member) {
    return member == "name" || member == "description" || member == "parameters" ||
           member == "strict";
}

// A tool as it may be written: {"type","name",...} or chat's {"type","function":{...}}.
std::string name_of(Node tool) {
    for (const char* kind : {"function", "custom"}) {
        if (tool[kind].is_object()) return tool[kind]["name"].text();
    }
    return tool["name"].text();
}

bool is_callable(Node type) {
    return type.equals("function") || type.equals("custom");
}

// What a custom tool may be given, for models that only know functions.
std::string description_of(Node custom) {
    std::string text = custom["description"].text();
    const Node format = custom["format"];
    if (!format["type"].equals("grammar")) return text;
    if (!text.empty()) text += "\n\n";
    text += "The input has to match this " + format["syntax"].text() + " grammar:\n";
    return text + format["definition"].text();
}

void write_custom(Node custom, Out& out) {
    if (const std::string text = description_of(custom); !text.empty())
        out.member("description", text);
    out.raw_member("parameters", R"({"type":"object","properties":{"input":{"type":"string",)"
                                 R"("description":"The whole input, as plain text."}},)"
                                 R"("required":["input"],"additionalProperties":false})");
}

void refuse_hosted(const std::string& place, const std::string& type) {
    throw Refusal(place + ".type",
                  "this provider has no tools of type \"" + type + "\", only functions");
}

}  // namespace

Tools::Tools(Node request, ToolNames& names) : choice_(request["tool_choice"]), names_(names) {
    const Node tools = request["tools"];
    if (!tools.missing()) gather(tools, "tools");
    std::size_t index = 0;
    if (request["input"].is_array()) {
        for (const Node item : request["input"]) {
            const std::string place = element("input", index++);
            if (item["type"].equals("additional_tools")) gather(item["tools"], place + ".tools");
        }
    }
    // With functions beside it the model can do without; alone, it is what the request is about.
    if (list_.empty() && !left_out_.empty()) refuse_hosted(left_out_, its_type_);
    give_names();
    keep_allowed();
}

void Tools::gather(Node list, const std::string& place) {
    if (!list.is_array()) throw Refusal(place, "must be an array");
    std::size_t index = 0;
    for (const Node tool : list) {
        const std::string own = element(place, index++);
        if (!tool.is_object()) throw Refusal(own, "must be an object");
        const Node type = tool["type"];
        if (type.equals("namespace")) {
            gather_namespace(tool, own);
        } else if (is_callable(type)) {
            add(tool, {}, own);
        } else if (type.escaped().empty()) {
            throw Refusal(own + ".type", "is required");
        } else if (left_out_.empty()) {
            left_out_ = own;
            its_type_ = type.text();
        }
    }
}

void Tools::gather_namespace(Node space, const std::string& place) {
    const std::string name = space["name"].text();
    if (name.empty()) throw Refusal(place + ".name", "is required");
    if (!space["tools"].is_array()) throw Refusal(place + ".tools", "must be an array");
    std::size_t index = 0;
    for (const Node tool : space["tools"]) {
        const std::string own = element(place + ".tools", index++);
        if (!tool.is_object()) throw Refusal(own, "must be an object");
        if (!is_callable(tool["type"])) {
            throw Refusal(own + ".type", "must be \"function\" or \"custom\"");
        }
        add(tool, name, own);
    }
}

void Tools::add(Node tool, const std::string& space, const std::string& place) {
    const std::string name = name_of(tool);
    if (name.empty()) throw Refusal(place + ".name", "is required");
    list_.push_back({tool, {space, name, tool["type"].equals("custom")}});
}

void Tools::give_names() {
    const auto is_plain = [](const Tool& tool) {
        return tool.name.space.empty() && !tool.name.custom;
    };
    for (const Tool& tool : list_) {
        if (is_plain(tool)) names_.keep(tool.name.name);
    }
    for (const Tool& tool : list_) {
        if (is_plain(tool) || names_.add(tool.name)) continue;
        throw Refusal("tools", "there are several named \"" + tool.name.name + "\"");
    }
}

std::string Tools::chat_name(Node tool) const {
    return names_.chat_name({tool["namespace"].text(), name_of(tool)});
}

// The functions that tool_choice leaves, if it names several.
void Tools::keep_allowed() {
    if (!choice_["type"].equals("allowed_tools")) return;
    const Node given =
        choice_["tools"].is_array() ? choice_["tools"] : choice_["allowed_tools"]["tools"];
    std::set<std::string> allowed;
    for (const Node tool : given)
        allowed.insert(chat_name(tool));
    std::erase_if(
        list_, [&](const Tool& tool) { return allowed.count(names_.chat_name(tool.name)) == 0; });
}

void Tools::write_tool(const Tool& tool, Out& out) const {
    const Node given = tool.given;
    const Node inner = given[tool.name.custom ? "custom" : "function"];
    if (inner.is_object() && !tool.name.custom && tool.name.space.empty()) {
        out.raw(given.raw());
        return;
    }
    const Node body = inner.is_object() ? inner : given;
    out.begin_object().member("type", "function").key("function").begin_object();
    out.member("name", names_.chat_name(tool.name));
    if (tool.name.custom) {
        write_custom(body, out);
        out.end_object().end_object();
        return;
    }
    for (const Node member : body) {
        const bool copied =
            is_of_function(member.name()) && member.name() != "name" && !member.missing();
        if (copied) out.raw_member(member.name(), member.raw());
    }
    out.end_object();
    for (const Node member : given) {
        const bool own =
            std::find(kOwnOfTool.begin(), kOwnOfTool.end(), member.name()) != kOwnOfTool.end();
        if (!own && !is_of_function(member.name())) out.raw_member(member.name(), member.raw());
    }
    out.end_object();
}

void Tools::write_choice(Out& out) const {
    if (choice_.missing()) return;
    out.key("tool_choice");
    const Node type = choice_["type"];
    if (choice_.is_string()) {
        out.raw(choice_.raw());
    } else if (is_callable(type)) {
        out.begin_object().member("type", "function").key("function").begin_object();
        out.member("name", chat_name(choice_)).end_object().end_object();
    } else if (type.equals("allowed_tools")) {
        const Node mode =
            choice_["mode"].is_string() ? choice_["mode"] : choice_["allowed_tools"]["mode"];
        out.raw(mode.is_string() ? mode.raw() : "\"auto\"");
    } else {
        throw Refusal("tool_choice", "this provider can only be told to call functions, not \"" +
                                         type.text() + "\"");
    }
}

void Tools::write(Out& out) const {
    if (list_.empty()) return;  // upstreams refuse an empty list, and a choice from it
    out.key("tools").begin_array();
    for (const Tool& tool : list_)
        write_tool(tool, out);
    out.end_array();
    write_choice(out);
}

}  // namespace gomodel::dialect::responses
