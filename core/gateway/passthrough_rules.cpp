#include "gateway/passthrough_rules.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace gomodel::gateway {
namespace {

constexpr std::array<std::string_view, 20> kStripped = {
    "authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
    "set-cookie",
    "host",
    "content-length",
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "forwarded",
    "x-real-ip",
    "expect",
};
constexpr std::array<std::string_view, 2> kStrippedOfRequest = {"accept-encoding",
                                                                "x-gomodel-user-path"};
constexpr std::array<std::string_view, 1> kStrippedOfResponse = {"date"};  // the gateway's own

struct KnownOperation {
    std::string_view endpoint;
    std::string_view name;
};
constexpr std::array<KnownOperation, 6> kOperations = {{
    {"/chat/completions", "chat_completions"},
    {"/responses", "responses"},
    {"/embeddings", "embeddings"},
    {"/completions", "completions"},
    {"/messages", "messages"},
    {"/messages/batches", "messages_batches"},
}};

template <std::size_t kSize>
bool listed(const std::array<std::string_view, kSize>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(),
                       [name](std::string_view one) { return base::iequals(one, name); });
}

// The names in the Connection headers: what is meant for the next hop only (RFC 9110, 7.6.1).
std::vector<std::string> hop_by_hop(const net::HeaderFields& fields) {
    std::vector<std::string> names;
    for (const net::HeaderField& field : fields) {
        if (!base::iequals(field.name, "connection")) continue;
        for (std::string& name : base::split_list(field.value))
            names.push_back(std::move(name));
    }
    return names;
}

template <std::size_t kSize>
net::HeaderFields without(const net::HeaderFields& fields,
                          const std::array<std::string_view, kSize>& also) {
    const std::vector<std::string> named = hop_by_hop(fields);
    net::HeaderFields kept;
    kept.reserve(fields.size() + 2);
    for (const net::HeaderField& field : fields) {
        const bool for_this_hop = std::any_of(
            named.begin(), named.end(),
            [&](const std::string& name) { return base::iequals(base::trim(name), field.name); });
        if (for_this_hop || listed(kStripped, field.name) || listed(also, field.name)) continue;
        if (base::istarts_with(field.name, "x-forwarded-")) continue;
        kept.push_back(field);
    }
    return kept;
}

// "." and "..", however they are written.
bool is_dots(std::string_view segment) {
    std::string plain;
    for (std::size_t at = 0; at < segment.size(); ++at) {
        if (base::istarts_with(segment.substr(at), "%2e")) {
            plain += '.';
            at += 2;
        } else {
            plain += segment[at];
        }
    }
    return plain == "." || plain == "..";
}

// Some servers take an escaped slash or a backslash for one that parts segments.
bool has_dots(std::string_view path) {
    const std::string lower = base::lower(path);
    std::size_t start = 0;
    for (std::size_t at = 0; at <= lower.size(); ++at) {
        const std::string_view rest = std::string_view(lower).substr(at);
        const bool escaped = rest.starts_with("%2f") || rest.starts_with("%5c");
        if (!rest.empty() && rest.front() != '/' && rest.front() != '\\' && !escaped) continue;
        if (is_dots(std::string_view(lower).substr(start, at - start))) return true;
        start = at + (escaped ? 3 : 1);
    }
    return false;
}

}  // namespace

std::variant<std::string, dialect::ApiError> passthrough_endpoint(std::string_view path,
                                                                  bool allow_v1_alias) {
    while (path.starts_with('/'))
        path.remove_prefix(1);
    if (path == "v1" || path.starts_with("v1/")) {
        if (!allow_v1_alias) {
            return dialect::invalid_request(
                "provider passthrough v1 alias is disabled; use /p/{provider}/... without the v1 "
                "prefix");
        }
        path.remove_prefix(2);
        while (path.starts_with('/'))
            path.remove_prefix(1);
    }
    if (path.empty()) return dialect::invalid_request("provider passthrough endpoint is required");
    if (has_dots(path)) {
        return dialect::invalid_request(
            "provider passthrough endpoint must not have . or .. as a segment");
    }
    return std::string(path);
}

net::HeaderFields passthrough_request_fields(const net::HeaderFields& client,
                                             std::string_view request_id) {
    net::HeaderFields fields = without(client, kStrippedOfRequest);
    if (!net::has_header(fields, "x-request-id")) fields.push_back({"X-Request-ID", request_id});
    return fields;
}

net::HeaderFields passthrough_response_fields(const net::HeaderFields& upstream) {
    return without(upstream, kStrippedOfResponse);
}

dialect::ApiError passthrough_not_enabled(std::string_view type, std::vector<std::string> enabled) {
    if (enabled.empty()) {
        return dialect::invalid_request("provider passthrough is not enabled for any providers");
    }
    std::sort(enabled.begin(), enabled.end());
    std::string message = "provider passthrough for \"" + std::string(type) +
                          "\" is not enabled; currently enabled providers: ";
    for (std::size_t i = 0; i < enabled.size(); ++i)
        message.append(i == 0 ? "" : ", ").append(enabled[i]);
    return dialect::invalid_request(std::move(message));
}

PassthroughLabel passthrough_label(std::string_view type, std::string_view endpoint) {
    PassthroughLabel label;
    for (const KnownOperation& known : kOperations) {
        if (known.endpoint.substr(1) != endpoint) continue;
        label.operation.append(type).append(".").append(known.name);
        label.audit_path.append("/v1").append(known.endpoint);
        label.endpoint = known.endpoint;
    }
    return label;
}

std::string_view model_of_path(std::string_view endpoint) {
    constexpr std::string_view kModels = "models/";
    const std::size_t colon = endpoint.rfind(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view before = endpoint.substr(0, colon);
    const std::size_t models = before.rfind(kModels);
    if (models == std::string_view::npos || (models != 0 && before[models - 1] != '/')) return {};
    const std::string_view model = before.substr(models + kModels.size());
    return model.find('/') == std::string_view::npos ? model : std::string_view();
}

}  // namespace gomodel::gateway
