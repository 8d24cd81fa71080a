#include "dialect/responses/output_items.hpp"

namespace gomodel::dialect::responses {

using json::Node;
using json::Out;

void write_part(const Part& part, Out& out) {
    out.begin_object().member("type", part.refusal ? "refusal" : "output_text");
    out.key(part.refusal ? "refusal" : "text").escaped(part.text);
    if (!part.refusal) {
        out.raw_member("annotations", "[" + part.annotations + "]").raw_member("logprobs", "[]");
    }
    out.end_object();
}

void write_summary(std::string_view escaped, Out& out) {
    out.begin_object().member("type", "summary_text").key("text").escaped(escaped).end_object();
}

void write_item(const Item& item, std::string_view status, Out& out) {
    out.begin_object().key("id").escaped(item.id);
    switch (item.kind) {
        case Item::Kind::kReasoning:
            out.member("type", "reasoning").member("status", status);
            out.key("summary").begin_array();
            if (!item.text.empty()) write_summary(item.text, out);
            out.end_array();
            if (!item.thinking.empty()) {
                out.member("encrypted_content", std::string(kThinkingMark) + item.thinking);
            }
            break;
        case Item::Kind::kMessage:
            out.member("type", "message").member("status", status).member("role", "assistant");
            out.key("content").begin_array();
            for (const Part& part : item.parts)
                write_part(part, out);
            out.end_array();
            break;
        case Item::Kind::kCall:
            out.member("type", item.custom ? "custom_tool_call" : "function_call");
            out.member("status", status);
            out.key("call_id").escaped(item.call_id).key("name").escaped(item.name);
            if (!item.space.empty()) out.member("namespace", item.space);
            out.key(item.custom ? "input" : "arguments").escaped(item.text);
            break;
    }
    out.end_object();
}

void name_call(const ToolNames& names, std::string_view name, Item& call) {
    const ToolName* const tool = names.find(name);
    if (tool == nullptr) {
        call.name = std::string(name);
        return;
    }
    const std::string quoted = json::quote(tool->name);
    call.name = quoted.substr(1, quoted.size() - 2);
    call.space = tool->space;
    call.custom = tool->custom;
}

std::string custom_input(const std::string& arguments) {
    const std::string text = json::unquote("\"" + arguments + "\"").value_or("");
    const json::Tree tree(text);
    const Node input = tree.root()["input"];
    return input.is_string() ? std::string(input.escaped()) : arguments;
}

std::string annotations_of(Node message) {
    std::string elements;
    for (const Node annotation : message["annotations"]) {
        const Node citation = annotation["url_citation"];
        if (!citation.is_object()) continue;
        Out out;
        out.begin_object().member("type", "url_citation");
        for (const Node member : citation)
            out.raw_member(member.name(), json::compact(member.raw()));
        out.end_object();
        if (!elements.empty()) elements += ',';
        elements += out.text();
    }
    return elements;
}

}  // namespace gomodel::dialect::responses
