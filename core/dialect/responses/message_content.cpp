#include "dialect/responses/message_content.hpp"

#include <gomodel/json_out.hpp>

#include "dialect/refusal.hpp"
#include "dialect/responses/output_items.hpp"

namespace gomodel::dialect::responses {
namespace {

using json::Node;
using json::Out;

constexpr std::string_view kBetweenTexts = "\\n";  // escaped

bool is_text(Node part) {
    const Node type = part["type"];
    return type.equals("input_text") || type.equals("output_text") || type.equals("text") ||
           type.equals("refusal");
}

Node text_of(Node part, const std::string& place) {
    const bool refusal = part["type"].equals("refusal");
    const Node text = part[refusal ? "refusal" : "text"];
    if (!text.is_string()) throw Refusal(place + (refusal ? ".refusal" : ".text"), "is required");
    return text;
}

void write_image(Node part, const std::string& place, Out& out) {
    const Node given = part["image_url"];
    const Node url = given.is_object() ? given["url"] : given;
    if (!url.is_string() || url.escaped().empty()) {
        throw Refusal(place + ".image_url",
                      part["file_id"].missing()
                          ? "is required"
                          : "this provider takes images by URL only, not by file_id");
    }
    out.member("type", "image_url").key("image_url").begin_object();
    out.raw_member("url", url.raw());
    for (const std::string_view name : {"detail", "media_type"}) {
        const Node value = part[name].missing() ? given[name] : part[name];
        if (!value.missing()) out.raw_member(name, value.raw());
    }
    out.end_object();
}

void write_audio(Node part, const std::string& place, Out& out) {
    const Node audio = part["input_audio"];
    for (const char* const name : {"data", "format"}) {
        if (!audio[name].is_string()) {
            throw Refusal(place + ".input_audio." + name, "is required");
        }
    }
    out.member("type", "input_audio").raw_member("input_audio", audio.raw());
}

void write_file(Node part, const std::string& place, Out& out) {
    if (part["file_data"].missing() && part["file_id"].missing()) {
        throw Refusal(place + ".file_data", part["file_url"].missing()
                                                ? "is required"
                                                : "this provider takes no files by file_url");
    }
    out.member("type", "file").key("file").begin_object();
    for (const std::string_view name : {"file_data", "file_id", "filename"}) {
        if (!part[name].missing()) out.raw_member(name, part[name].raw());
    }
    out.end_object();
}

void write_part(Node part, const std::string& place, Out& out) {
    const Node type = part["type"];
    out.begin_object();
    if (is_text(part)) {
        out.member("type", "text").raw_member("text", text_of(part, place).raw());
    } else if (type.equals("input_image") || type.equals("image_url")) {
        write_image(part, place, out);
    } else if (type.equals("input_audio")) {
        write_audio(part, place, out);
    } else if (type.equals("input_file")) {
        write_file(part, place, out);
    } else {
        throw Refusal(place + ".type", "unknown type of content \"" + type.text() + "\"");
    }
    out.end_object();
}

}  // namespace

std::string chat_content(Node content, const std::string& place) {
    if (content.is_string()) return std::string(content.raw());
    if (content.missing()) return "\"\"";
    if (!content.is_array()) throw Refusal(place, "must be a string or an array");
    bool only_text = true;
    for (const Node part : content)
        only_text = only_text && is_text(part);
    std::string joined;
    Out parts;
    parts.begin_array();
    std::size_t index = 0;
    for (const Node part : content) {
        const std::string at = element(place, index++);
        if (only_text) {
            if (index != 1) joined += kBetweenTexts;
            joined += text_of(part, at).escaped();
        } else {
            write_part(part, at, parts);
        }
    }
    parts.end_array();
    return only_text ? "\"" + joined + "\"" : parts.text();
}

FunctionOutput function_output(Node output, const std::string& place) {
    FunctionOutput found;
    const bool parts = output.is_array() && output.size() != 0 && (*output.begin())["type"];
    if (!parts) {
        found.text = escaped_of(output);
        return found;
    }
    std::size_t index = 0;
    for (const Node part : output) {
        const std::string at = element(place, index++);
        if (is_text(part)) {
            if (!found.text.empty()) found.text += kBetweenTexts;
            found.text += text_of(part, at).escaped();
            continue;
        }
        Out other;
        write_part(part, at, other);
        if (!found.others.empty()) found.others += ',';
        found.others += other.text();
    }
    return found;
}

}  // namespace gomodel::dialect::responses
