#include "anthropic/request/source.hpp"

#include <gomodel/view.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace anthropic {

using gomodel::json::Node;
using gomodel::json::Out;

namespace {

// data:<media type>[;<parameter>]*;base64,<data>, as views.
struct DataUrl {
    std::string media_type;  // in lower case; empty: not given
    std::string_view base64;
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool is_base64(std::string_view text) {
    const std::size_t end = text.find_last_not_of('=');
    if (text.empty() || end == std::string_view::npos || text.size() - end > 3) return false;
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end) + 1,
                       [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || c == '+' || c == '/';
                       });
}

bool is_data_url(std::string_view url) {
    return url.size() >= 5 && gomodel::iequals(url.substr(0, 5), "data:");
}

bool is_web_url(std::string_view url) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (url.size() > scheme.size() && gomodel::iequals(url.substr(0, scheme.size()), scheme)) {
            return true;
        }
    }
    return false;
}

DataUrl read_data_url(std::string_view url, const Place& place) {
    const std::size_t comma = url.find(',');
    if (comma == std::string_view::npos) place.refuse("must be a data: URL with a comma");
    const std::string_view head = url.substr(5, comma - 5);
    const std::string_view base64 = url.substr(comma + 1);
    const std::size_t last = head.rfind(';');
    if (last == std::string_view::npos || !gomodel::iequals(head.substr(last + 1), "base64")) {
        place.refuse("must be a data: URL in base64");
    }
    if (!is_base64(base64)) place.refuse("is not base64 behind its comma");
    return {lower(head.substr(0, head.find(';'))), base64};
}

// REQUIRES: is_base64(text).
std::string decode_base64(std::string_view text) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        if (c == '=') break;
        const char* const digits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const auto digit = std::string_view(digits).find(c);
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xFF);
    }
    return out;
}

void write_base64_source(std::string_view media_type, std::string_view base64, Out& out) {
    out.key("source").begin_object().member("type", "base64");
    out.member("media_type", media_type).key("data").escaped(base64).end_object();
}

void write_url_source(std::string_view url, Out& out) {
    out.key("source").begin_object().member("type", "url").member("url", url).end_object();
}

void write_base64_image(const DataUrl& data, const Place& place, const ContentRules& rules,
                        Out& out) {
    constexpr std::array<std::string_view, 4> kKnown = {"image/jpeg", "image/png", "image/gif",
                                                        "image/webp"};
    if (std::find(kKnown.begin(), kKnown.end(), data.media_type) == kKnown.end()) {
        place.refuse("is not an image/jpeg, image/png, image/gif or image/webp");
    }
    if (data.base64.size() > rules.max_image_bytes) {
        place.refuse("the image is too large: " + std::to_string(data.base64.size()) +
                     " bytes of base64, and " + std::to_string(rules.max_image_bytes) +
                     " is the limit");
    }
    write_base64_source(data.media_type, data.base64, out);
}

void finish_block(Node part, const Place& place, Out& out) {
    write_cache_marker(cache_marker(part, place), out);
    out.end_object();
}

void append_image_url(std::string_view url, Node media_type, Node part, const Place& place,
                      const Place& part_place, const ContentRules& rules, Out& out) {
    out.begin_object().member("type", "image");
    if (is_data_url(url)) {
        DataUrl data = read_data_url(url, place);
        if (data.media_type.empty()) data.media_type = lower(media_type.text());
        write_base64_image(data, place, rules, out);
    } else if (is_web_url(url)) {
        write_url_source(url, out);
    } else {
        place.refuse("must be an http:, https: or data: URL");
    }
    finish_block(part, part_place, out);
}

void write_document_source(std::string_view data, const Place& place, Out& out) {
    if (is_web_url(data)) return write_url_source(data, out);
    if (!is_data_url(data)) {
        // The OpenAI API also takes the bytes of a PDF alone.
        if (!is_base64(data)) place.refuse("must be a data: URL");
        return write_base64_source("application/pdf", data, out);
    }
    const DataUrl url = read_data_url(data, place);
    if (url.media_type == "application/pdf") {
        write_base64_source(url.media_type, url.base64, out);
    } else if (url.media_type.starts_with("text/")) {
        out.key("source").begin_object().member("type", "text");
        out.member("media_type", "text/plain").member("data", decode_base64(url.base64));
        out.end_object();
    } else {
        place.refuse("is a \"" + url.media_type + "\", which is no PDF, text or image");
    }
}

bool is_image_data(std::string_view data) {
    return is_data_url(data) && gomodel::iequals(data.substr(0, 11), "data:image/");
}

}  // namespace

void append_image(Node part, const Place& place, ContentRules& rules, Out& out) {
    const Node image = part["image_url"];
    const Place image_place(place, "image_url");
    const Node url = image.is_string() ? image : image["url"];
    const Place url_place(image_place, "url");
    const Place& where = image.is_object() ? url_place : image_place;
    if (!url.is_string()) where.refuse("must be a URL");
    append_image_url(url.text(), image["media_type"], part, where, place, rules, out);
}

void append_file(Node part, const Place& place, ContentRules& rules, Out& out) {
    const Node file = part["file"].is_object() ? part["file"] : part;
    const Place file_place(place, "file");
    const Node id = file["file_id"];
    const Node data = file["file_data"].missing() ? file["file_url"] : file["file_data"];
    if (data.missing() && !id.is_string()) {
        file_place.refuse("must have file_data or a file_id");
    }
    const Place data_place(file_place, "file_data");
    if (!data.missing() && !data.is_string()) data_place.refuse("must be a string");
    const std::string bytes = data.text();
    if (is_image_data(bytes)) {
        return append_image_url(bytes, {}, part, data_place, place, rules, out);
    }
    out.begin_object().member("type", "document");
    if (data.missing()) {
        rules.uses_files = true;
        out.key("source").begin_object().member("type", "file").raw_member("file_id", id.raw());
        out.end_object();
    } else {
        write_document_source(bytes, data_place, out);
    }
    const Node name = file["filename"];
    if (name.is_string() && !name.blank()) out.raw_member("title", name.raw());
    finish_block(part, place, out);
}

}  // namespace anthropic
