#include "dialect/guarded/text_parts.hpp"

#include <gomodel/json_out.hpp>

#include "dialect/guarded/entry.hpp"

namespace gomodel::dialect::guarded {
namespace {

using json::Node;
using json::Out;

bool is_text_part(Node part) {
    const Node type = sole(part, "type");
    const bool text =
        type.equals("text") || type.equals("input_text") || type.equals("output_text");
    return text && sole(part, "text").is_string();
}

// Results of tools and what the model has thought come first in a message.
bool comes_first(Node part) {
    const Node type = part["type"];
    return type.equals("tool_result") || type.equals("thinking") ||
           type.equals("redacted_thinking");
}

std::string with_text_in_parts(Node parts, std::string_view text, std::string_view type,
                               const OtherPart& other) {
    bool said = text.empty();
    for (const Node part : parts)
        said = said || is_text_part(part);
    const bool add = !said;  // no part could say it
    Out out;
    out.begin_array();
    bool written = text.empty();
    for (const Node part : parts) {
        if (add && !written && !comes_first(part)) {
            out.raw(text_part(type, text));
            written = true;
        }
        if (!is_text_part(part)) {
            out.raw(other == nullptr ? std::string(part.raw()) : other(part));
        } else if (!written) {
            out.raw(with_member(part, "text", '"' + std::string(text) + '"'));
            written = true;
        }
    }
    if (!written) out.raw(text_part(type, text));
    out.end_array();
    if (out.text() == "[]") {
        throw Rejected("guardrails produced empty structured message after rewrite");
    }
    return out.take();
}

bool is_named(Node member, std::string_view name) {
    const std::string_view escaped = member.name();
    if (escaped.find('\\') == std::string_view::npos) return escaped == name;
    return json::unquote('"' + std::string(escaped) + '"') == name;
}

}  // namespace

Node sole(Node object, std::string_view name) {
    Node found;
    if (!object.is_object()) return found;
    for (const Node member : object) {
        if (!is_named(member, name)) continue;
        if (found) throw Rejected("\"" + std::string(name) + "\" is there more than once");
        found = member;
    }
    return found;
}

std::string text_of(Node content) {
    if (!content.is_array()) return std::string(content.escaped());
    std::string text;
    bool first = true;
    for (const Node part : content) {
        if (!is_text_part(part)) continue;
        if (!first) text += ' ';
        first = false;
        text += part["text"].escaped();
    }
    return text;
}

std::string with_text(Node content, std::string_view text, std::string_view type,
                      const OtherPart& other) {
    if (!content.is_array()) return '"' + std::string(text) + '"';
    return with_text_in_parts(content, text, type, other);
}

std::string with_member(Node object, std::string_view name, std::string_view value) {
    const Node was = object[name];
    Out out;
    out.begin_object();
    for (const Node member : object) {
        if (!is_named(member, name)) {
            out.raw_member(member.name(), member.raw());
        } else if (member.raw().data() == was.raw().data()) {  // of several the last one counts
            out.raw_member(member.name(), value);
        }
    }
    if (!was) out.raw_member(name, value);
    out.end_object();
    return out.take();
}

std::string text_part(std::string_view type, std::string_view escaped) {
    Out out;
    out.begin_object().member("type", type).key("text").escaped(escaped).end_object();
    return out.take();
}

}  // namespace gomodel::dialect::guarded
