#include "dialect/messages/user_content.hpp"

#include <gomodel/json_out.hpp>

#include <algorithm>

#include "dialect/refusal.hpp"

namespace gomodel::dialect::messages {
namespace {

using json::Node;
using json::Out;

Node required_text(Node holder, const char* name, const std::string& place) {
    const Node text = holder[name];
    if (!text.is_string()) throw Refusal(place + "." + name, "must be a string");
    return text;
}

// data:<media type>;base64,<data>; escaped, as its parts came.
std::string data_url(Node source, const std::string& place) {
    std::string url = "data:";
    url += required_text(source, "media_type", place).escaped();
    url += ";base64,";
    url += required_text(source, "data", place).escaped();
    return url;
}

void append_paragraph(std::string_view escaped, std::string& text) {
    if (escaped.empty()) return;
    if (!text.empty()) text += kBlankLine;
    text += escaped;
}

// What is said before a text to tell where it is from.
void append_heading(Node line, std::string& text) {
    if (!line.blank()) append_paragraph(line.escaped(), text);
}

[[noreturn]] void refuse_source(Node source, const std::string& place, const char* what) {
    const Node type = source["type"];
    if (!type.is_string()) throw Refusal(place + ".type", "is required");
    if (type.equals("file")) {
        throw Refusal(place + ".type", "this provider cannot read Anthropic's files; send the " +
                                           std::string(what) + " itself");
    }
    throw Refusal(place + ".type", "this provider takes no " + std::string(what) + " of type \"" +
                                       type.text() + "\"");
}

}  // namespace

void Parts::add_all(Node content, const std::string& place) {
    if (content.missing()) return;
    if (content.is_string()) return add_text(std::string(content.escaped()));
    if (!content.is_array()) throw Refusal(place, "must be a string or an array");
    std::size_t index = 0;
    for (const Node block : content)
        add(block, element(place, index++));
}

void Parts::add(Node block, const std::string& place) {
    if (!block.is_object()) throw Refusal(place, "must be an object");
    const Node type = block["type"];
    if (type.equals("text")) {
        add_text(std::string(required_text(block, "text", place).escaped()));
    } else if (type.equals("image")) {
        add_image(block["source"], place + ".source");
    } else if (type.equals("document")) {
        add_document(block, place);
    } else if (type.equals("search_result")) {
        add_search_result(block, place);
    } else if (type.equals("tool_reference")) {  // a tool that a search found; it is in `tools`
        add_text(std::string(required_text(block, "tool_name", place).escaped()));
    } else if (!type.is_string()) {
        throw Refusal(place + ".type", "is required");
    } else {
        throw Refusal(place + ".type",
                      "this provider takes no content of type \"" + type.text() + "\"");
    }
}

void Parts::add_others(const Parts& parts) {
    std::copy_if(parts.parts_.begin(), parts.parts_.end(), std::back_inserter(parts_),
                 [](const Part& part) { return !part.is_text; });
}

// An empty part is refused by many.
void Parts::add_text(std::string escaped) {
    if (!escaped.empty()) parts_.push_back({true, std::move(escaped)});
}

void Parts::add_image(Node source, const std::string& place) {
    Out out;
    out.begin_object().member("type", "image_url").key("image_url").begin_object().key("url");
    if (source["type"].equals("base64")) {
        out.escaped(data_url(source, place));
    } else if (source["type"].equals("url")) {
        out.raw(required_text(source, "url", place).raw());
    } else {
        refuse_source(source, place, "image");
    }
    parts_.push_back({false, out.end_object().end_object().text()});
}

void Parts::add_document(Node block, const std::string& place) {
    const Node source = block["source"];
    const std::string source_place = place + ".source";
    const Node title = block["title"];
    std::string heading;
    append_heading(title, heading);
    append_heading(block["context"], heading);
    if (source["type"].equals("text")) {
        append_paragraph(required_text(source, "data", source_place).escaped(), heading);
        add_text(std::move(heading));
    } else if (source["type"].equals("content")) {
        add_text(std::move(heading));
        add_all(source["content"], source_place + ".content");
    } else if (source["type"].equals("base64")) {
        Out out;
        out.begin_object().member("type", "file").key("file").begin_object().key("filename");
        const bool named = title.is_string() && !title.blank();
        out.raw(named ? title.raw() : std::string_view(R"("document.pdf")"));
        out.key("file_data").escaped(data_url(source, source_place));
        parts_.push_back({false, out.end_object().end_object().text()});
    } else {
        refuse_source(source, source_place, "document");
    }
}

void Parts::add_search_result(Node block, const std::string& place) {
    std::string heading;
    append_heading(block["title"], heading);
    append_heading(block["source"], heading);
    add_text(std::move(heading));
    add_all(block["content"], place + ".content");
}

std::string Parts::text() const {
    std::string joined;
    for (const Part& part : parts_) {
        if (part.is_text) append_paragraph(part.value, joined);
    }
    return joined;
}

std::string Parts::json() const {
    const bool only_text =
        std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.is_text; });
    if (only_text) return "\"" + text() + "\"";
    Out out;
    out.begin_array();
    for (const Part& part : parts_) {
        if (!part.is_text) {
            out.raw(part.value);
            continue;
        }
        out.begin_object().member("type", "text").key("text").escaped(part.value).end_object();
    }
    return out.end_array().text();
}

std::string system_text(Node content, const std::string& place) {
    if (content.is_array()) {
        std::size_t index = 0;
        for (const Node block : content) {
            const std::string at = element(place, index++);
            if (!block["type"].equals("text")) throw Refusal(at + ".type", "must be \"text\"");
        }
    }
    Parts parts;
    parts.add_all(content, place);
    return parts.text();
}

}  // namespace gomodel::dialect::messages
