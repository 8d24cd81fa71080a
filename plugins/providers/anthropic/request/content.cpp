#include "anthropic/request/content.hpp"

#include "anthropic/request/source.hpp"

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

bool is_text_part(Node part) {
    const Node type = part["type"];
    return type.equals("text") || type.equals("input_text") || type.equals("output_text");
}

void append_text_part(Node part, const Place& place, Out& out) {
    const Node text = part["text"];
    if (!text.is_string()) Place(place, "text").refuse("must be a string");
    const Node marker = cache_marker(part, place);
    if (!text.escaped().empty()) append_text_block(text.escaped(), marker, out);
}

}  // namespace

Node cache_marker(Node holder, const Place& place) {
    const Node marker = holder["cache_control"];
    if (marker.missing()) return {};
    if (!marker.is_object()) Place(place, "cache_control").refuse("must be an object");
    return marker;
}

void write_cache_marker(Node marker, Out& out) {
    if (marker) out.raw_member("cache_control", marker.raw());
}

void append_text_block(std::string_view escaped, Node marker, Out& out) {
    out.begin_object().member("type", "text").key("text").escaped(escaped);
    write_cache_marker(marker, out);
    out.end_object();
}

void append_block(Node part, const Place& place, ContentRules& rules, Out& out) {
    if (!part.is_object()) place.refuse("must be an object with a type");
    const Node type = part["type"];
    if (is_text_part(part)) {
        append_text_part(part, place, out);
    } else if (type.equals("refusal")) {
        // What the assistant refused with is part of what it said.
        const Node text = part["refusal"];
        if (!text.is_string()) Place(place, "refusal").refuse("must be a string");
        if (!text.escaped().empty()) append_text_block(text.escaped(), {}, out);
    } else if (type.equals("image_url") || type.equals("input_image")) {
        append_image(part, place, rules, out);
    } else if (type.equals("file") || type.equals("input_file")) {
        append_file(part, place, rules, out);
    } else if (!type.is_string()) {
        Place(place, "type").refuse("must be a string");
    } else {
        Place(place, "type")
            .refuse("the provider does not take parts of type " + std::string(type.raw()));
    }
}

void append_blocks(Node content, const Place& place, ContentRules& rules, Out& out) {
    if (content.missing()) return;
    if (content.is_string()) {
        if (!content.escaped().empty()) append_text_block(content.escaped(), {}, out);
        return;
    }
    if (!content.is_array()) place.refuse("must be a string or an array of parts");
    std::size_t index = 0;
    for (const Node part : content)
        append_block(part, Place(place, index++), rules, out);
}

}  // namespace anthropic
