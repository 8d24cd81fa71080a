#include "net/exchange_copy.hpp"

#include "base/text.hpp"

namespace gomodel::net {
namespace {

// Bodies of other types say nothing to a person, and forms with files are not the log's business.
bool is_text(std::string_view content_type) {
    const std::string type =
        base::lower(base::trim(content_type.substr(0, content_type.find(';'))));
    return type.empty() || type.starts_with("text/") || type.find("json") != std::string::npos ||
           type.ends_with("xml") || type == "application/x-www-form-urlencoded";
}

}  // namespace

void MessageCopy::begin(const HeaderFields& head, const CopyRules& rules) {
    std::size_t size = 0;
    for (const HeaderField& field : head)
        size += field.name.size() + field.value.size() + 3;
    if (rules.fields) fields.reserve(size);
    for (const HeaderField& field : head) {
        if (base::iequals(field.name, "content-type")) content_type = field.value;
        if (base::iequals(field.name, "content-encoding")) content_encoding = field.value;
        if (base::iequals(field.name, "authorization")) credential = field.value;
        if (credential.empty() && base::iequals(field.name, "x-api-key")) credential = field.value;
        if (!rules.fields) continue;
        fields.append(field.name).append(": ").append(field.value) += '\n';
    }
    keep = rules.bodies && is_text(content_type);
    stream = base::istarts_with(content_type, "text/event-stream");
}

void MessageCopy::append(std::string_view bytes, std::size_t limit) {
    if (bytes.size() > limit - body.size()) {
        cut = true;
        bytes = bytes.substr(0, limit - body.size());
    }
    body.append(bytes);
}

}  // namespace gomodel::net
