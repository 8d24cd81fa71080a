#include "record/audit_body.hpp"

#include <Poco/InflatingStream.h>
#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "dialect/stream_collect/stream_collect.hpp"

namespace gomodel::record {
namespace {

constexpr std::size_t kMaxBodyText = std::size_t{1} << 20;
constexpr std::size_t kMaxDecoded = std::size_t{2} << 20;
constexpr std::size_t kMaxNesting = json::kMaxDepth - 8;  // the row is around it
// Databases index these members, and what they index may not be long.
constexpr std::size_t kMaxLink = 512;

// How deep arrays and objects are in each other.
std::size_t nesting(json::Node value) {
    if (!value.is_array() && !value.is_object()) return 0;
    std::size_t inner = 0;
    for (const json::Node part : value)
        inner = std::max(inner, nesting(part));
    return inner + 1;
}

bool storable(json::Node root) {
    for (const char* link : {"id", "previous_response_id"}) {
        if (root[link].raw().size() > kMaxLink) return false;
    }
    return nesting(root) <= kMaxNesting;
}

std::string string_of(std::string_view text) {
    std::string json;
    json::append_quoted(json, text);
    return json;
}

// gzip, or zlib, as "deflate" has it. Unset: it is neither, or broken.
std::optional<std::string> inflated(std::string_view coding, const std::string& bytes) {
    using Stream = Poco::InflatingStreamBuf;
    const bool gzip = base::iequals(coding, "gzip") || base::iequals(coding, "x-gzip");
    if (!gzip && !base::iequals(coding, "deflate")) return std::nullopt;
    try {
        std::istringstream in(bytes);
        Poco::InflatingInputStream plain(in, gzip ? Stream::STREAM_GZIP : Stream::STREAM_ZLIB);
        std::string out(kMaxDecoded, '\0');
        plain.read(out.data(), static_cast<std::streamsize>(out.size()));
        out.resize(static_cast<std::size_t>(plain.gcount()));
        if (plain.bad() || out.empty()) return std::nullopt;
        return out;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string plain_body(const net::MessageCopy& message) {
    const std::string_view coding = base::trim(message.content_encoding);
    if (coding.empty() || base::iequals(coding, "identity")) return message.body;
    return inflated(coding, message.body).value_or(message.body);
}

AuditBody as_json(std::string text, const Redaction& redaction) {
    AuditBody body;
    if (!base::is_utf8(text)) text = base::replace_invalid_utf8(text);
    if (redaction.of_bodies()) text = redaction.body(text);
    const json::Tree tree(text);
    const bool kept = tree.ok() && storable(tree.root());
    body.object = kept && tree.root().is_object();
    body.json = kept ? std::move(text) : string_of(text);
    return body;
}

// In half a JSON nothing can be found by name.
AuditBody beginning(std::string_view bytes, const Redaction& redaction) {
    AuditBody body;
    body.cut = true;
    if (redaction.of_bodies()) return body;
    body.json = string_of(base::replace_invalid_utf8(bytes.substr(0, kMaxBodyText)));
    return body;
}

}  // namespace

AuditBody audit_request(const net::MessageCopy& request, const Redaction& redaction) {
    AuditBody body;
    body.cut = request.cut;
    if (request.body.empty() || request.cut) return body;
    std::string plain = plain_body(request);
    if (base::istarts_with(request.content_type, "application/x-www-form-urlencoded")) {
        body.json = string_of(base::replace_invalid_utf8(redaction.query(plain)));
        return body;
    }
    return as_json(std::move(plain), redaction);
}

AuditBody audit_response(const net::MessageCopy& response, const Redaction& redaction) {
    if (response.body.empty()) return {{}, response.cut, false, 0};
    std::string plain = plain_body(response);
    if (!response.stream)
        return response.cut ? beginning(plain, redaction) : as_json(std::move(plain), redaction);
    dialect::CollectedStream answer = dialect::collect_stream(plain);
    AuditBody body;
    if (answer.json.size() > kMaxBodyText) {
        body = beginning(answer.json, redaction);
    } else if (!answer.json.empty()) {
        body = as_json(std::move(answer.json), redaction);
    }
    body.cut |= response.cut;
    body.events = answer.events;
    return body;
}

}  // namespace gomodel::record
