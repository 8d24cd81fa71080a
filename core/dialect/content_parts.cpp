#include "dialect/content_parts.hpp"

#include <optional>

namespace gomodel::dialect {
namespace {

// A string member of a part: whether it is there, whether it says anything, where it is.
struct Text {
    bool present = false;
    bool empty = true;
    std::size_t at = 0;
    std::size_t size = 0;  // of the token, quotes included
};

struct Part {
    std::string type;
    Text type_token;
    Text text;
    Text image;  // image_url given as a string
    bool image_object = false;
    bool image_other = false;
    Text image_inner;  // image_url.url
    bool audio_object = false;
    bool audio_other = false;
    Text audio_data;
    Text audio_format;
};

Text read_text(const JsonWalk& walk, Json::value& value) {
    walk.check(value);
    if (value.type() != Json::json_type::string) return {};
    const std::string_view token = walk.token(value);
    return {true, token.size() <= 2, walk.offset(token.data()), token.size()};
}

void read_image(const JsonWalk& walk, Json::value& value, Part& part) {
    if (value.type() != Json::json_type::object) {
        part.image = read_text(walk, value);
        part.image_other = !part.image.present && !value.is_null();
        return;
    }
    part.image_object = true;
    for (auto field : value.get_object()) {
        const bool url = std::string_view(field.unescaped_key()) == "url";
        Json::value inner = field.value();
        if (url) {
            part.image_inner = read_text(walk, inner);
        } else {
            walk.check(inner);
        }
    }
}

void read_audio(const JsonWalk& walk, Json::value& value, Part& part) {
    if (value.type() != Json::json_type::object) {
        walk.check(value);
        part.audio_other = !value.is_null();
        return;
    }
    part.audio_object = true;
    for (auto field : value.get_object()) {
        const std::string_view name = field.unescaped_key();
        const bool data = name == "data";
        const bool format = name == "format";
        Json::value inner = field.value();
        if (data) {
            part.audio_data = read_text(walk, inner);
        } else if (format) {
            part.audio_format = read_text(walk, inner);
        } else {
            walk.check(inner);
        }
    }
}

Part read_part(const JsonWalk& walk, Json::object object) {
    Part part;
    for (auto field : object) {
        const std::string_view name = field.unescaped_key();
        const bool is_type = name == "type";
        const bool is_text = name == "text";
        const bool is_image = name == "image_url";
        const bool is_audio = name == "input_audio";
        Json::value value = field.value();
        if (is_type) {
            part.type_token = read_text(walk, value);
            if (part.type_token.present) {
                part.type = std::string(std::string_view(value.get_string()));
            }
        } else if (is_text) {
            part.text = read_text(walk, value);
        } else if (is_image) {
            read_image(walk, value, part);
        } else if (is_audio) {
            read_audio(walk, value, part);
        } else {
            walk.check(value);
        }
    }
    return part;
}

void rename_type(const Part& part, std::string_view to, std::vector<Edit>& edits) {
    if (part.type == to) return;
    edits.push_back({part.type_token.at, part.type_token.size, json_quoted(to)});
}

void check_text(const Part& part, std::vector<Edit>& edits) {
    if (part.text.empty) throw BadRequest("text part is missing text");
    rename_type(part, "text", edits);
}

void check_image(const Part& part, std::vector<Edit>& edits) {
    if (part.image_other) throw BadRequest("image_url must be a string or object");
    if (part.image.present ? part.image.empty : part.image_inner.empty) {
        throw BadRequest("image_url part is missing image_url.url");
    }
    rename_type(part, "image_url", edits);
    if (part.image.present) {
        edits.push_back({part.image.at, 0, "{\"url\":"});
        edits.push_back({part.image.at + part.image.size, 0, "}"});
    }
}

void check_audio(const Part& part) {
    if (part.audio_other) throw BadRequest("input_audio must be an object");
    if (part.audio_data.empty || part.audio_format.empty) {
        throw BadRequest("input_audio part is missing data or format");
    }
}

void check_part(const Part& part, std::vector<Edit>& edits) {
    if (part.type == "text" || part.type == "input_text") {
        check_text(part, edits);
    } else if (part.type == "image_url" || part.type == "input_image") {
        check_image(part, edits);
    } else if (part.type == "input_audio") {
        check_audio(part);
    } else if (part.type != "file" && part.type != "refusal") {  // the API's own, passed on
        throw BadRequest("unsupported content part type \"" + part.type + "\"");
    }
}

// Says in which part of which message it is.
[[noreturn]] void refuse(const BadRequest& error, std::size_t message, std::size_t part) {
    throw BadRequest("part " + std::to_string(part) + ": " + error.what() + " (in messages[" +
                     std::to_string(message) + "].content)");
}

void read_parts(const JsonWalk& walk, Json::array parts, std::size_t message,
                std::vector<Edit>& edits) {
    std::size_t index = 0;
    try {
        for (auto element : parts) {
            Json::value value = element.value();
            if (value.type() != Json::json_type::object) throw BadRequest("must be an object");
            check_part(read_part(walk, value.get_object()), edits);
            ++index;
        }
    } catch (const BadRequest& error) {
        refuse(error, message, index);
    }
}

}  // namespace

void read_message(const JsonWalk& walk, Json::object message, std::size_t index,
                  std::vector<Edit>& edits) {
    for (auto field : message) {
        const bool is_content = std::string_view(field.unescaped_key()) == "content";
        Json::value content = field.value();
        if (!is_content) {
            walk.check(content);
            continue;
        }
        const Json::json_type type = content.type();
        if (type == Json::json_type::array) {
            read_parts(walk, content.get_array(), index, edits);
        } else if (type != Json::json_type::null && type != Json::json_type::string) {
            throw BadRequest("must be a string or array of content parts (in messages[" +
                             std::to_string(index) + "].content)");
        } else {
            walk.check(content);
        }
    }
}

}  // namespace gomodel::dialect
