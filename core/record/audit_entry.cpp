#include "record/audit_entry.hpp"

#include <gomodel/json_out.hpp>
#include <gomodel/json_tree.hpp>

#include <utility>
#include <vector>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "gateway/catalog.hpp"
#include "record/audit_body.hpp"
#include "record/audit_schema.hpp"
#include "record/row_text.hpp"
#include "record/thread_links.hpp"
#include "record/usage_entry.hpp"

namespace gomodel::record {
namespace {

constexpr std::size_t kMaxMessage = 4096;
constexpr std::size_t kHashDigits = 16;

std::string keep(std::string_view text, std::size_t limit = kMaxText) {
    return std::string(text.substr(0, limit));
}

void member_unless_empty(json::Out& out, std::string_view name, std::string_view text) {
    if (!text.empty()) text_member(out, name, text);
}

void flag_member(json::Out& out, std::string_view name, bool value) {
    out.raw_member(name, value ? "true" : "false");
}

std::string query_of(std::string_view uri) {
    const std::size_t question = uri.find('?');
    return question == std::string_view::npos ? std::string()
                                              : keep(uri.substr(question + 1), kMaxMessage);
}

// An object of the fields; the values of several with one name are joined, as HTTP has it.
void fields_member(json::Out& out, std::string_view name, std::string_view fields,
                   const Redaction& redaction) {
    if (fields.empty()) return;
    std::vector<std::pair<std::string_view, std::string>> values;
    while (!fields.empty()) {
        const std::size_t end = fields.find('\n');
        const std::string_view line = fields.substr(0, end);
        fields.remove_prefix(end + 1);
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        const std::string_view field = line.substr(0, colon);
        std::string value(line.substr(colon + 2));
        if (redaction.names_secret(field)) {
            value = kRedacted;
        } else if (value.find('?') != std::string::npos) {
            value = redaction.query(value);
        }
        bool known = false;
        for (auto& [other, joined] : values) {
            if (!base::iequals(other, field)) continue;
            known = true;
            if (joined != kRedacted) joined.append(", ").append(value);
        }
        if (!known) values.emplace_back(field, std::move(value));
    }
    out.key(name).begin_object();
    for (const auto& [field, value] : values) {
        std::string key;
        json::append_quoted(key, base::replace_invalid_utf8(field));
        const std::string_view inside(key);
        out.key(inside.substr(1, inside.size() - 2)).string(base::replace_invalid_utf8(value));
    }
    out.end_object();
}

std::string_view token_of(std::string_view credential) {
    constexpr std::string_view kBearer = "Bearer ";
    return credential.starts_with(kBearer) ? credential.substr(kBearer.size()) : credential;
}

// What the request asks of the model, whatever the API calls it.
void settings_members(json::Out& out, json::Node request) {
    if (request["temperature"].is_number())
        out.raw_member("temperature", request["temperature"].raw());
    for (const char* name : {"max_tokens", "max_completion_tokens", "max_output_tokens"}) {
        if (!request[name].is_number()) continue;
        out.raw_member("max_tokens", request[name].raw());
        break;
    }
}

void thread_member(json::Out& out, json::Node request, std::string_view whose) {
    const ThreadLinks links = thread_links(request, whose);
    if (links.self.empty()) return;
    out.key("thread").begin_object().member("self", links.self);
    if (!links.parent.empty()) out.member("parent", links.parent);
    out.end_object();
}

}  // namespace

AuditEntry::AuditEntry(const gateway::RequestRecord& record, std::string_view id)
    : exchange_(std::move(*record.exchange)),
      redaction_(record.redact == nullptr ? std::vector<std::string>() : *record.redact),
      began_(record.began),
      duration_(record.total),
      first_output_(record.first_output),
      id_(id),
      requested_model_(keep(record.requested_model)),
      cache_type_(keep(record.cache_type)),
      request_id_(keep(record.request_id)),
      auth_key_id_(keep(record.auth_key_id)),
      auth_method_(keep(record.auth_method)),
      client_ip_(keep(record.remote_ip)),
      method_(keep(record.method)),
      path_(keep(record.audit_path.empty() ? record.path : record.audit_path)),
      query_(query_of(record.uri)),
      user_path_(keep(record.user_path)),
      user_agent_(keep(record.user_agent)),
      error_type_(keep(record.error_type)),
      // Why somebody was not let in is told here, and not to the client.
      error_message_(
          keep(record.refused_because.empty() ? record.error_message : record.refused_because,
               kMaxMessage)),
      error_code_(keep(record.error_code)),
      status_(record.status),
      cause_(record.cause),
      alias_used_(record.alias_used),
      fallback_(record.fallback),
      stream_(record.stream) {
    const gateway::Provider* const provider =
        record.model != nullptr ? record.model->provider : record.provider;
    if (record.model != nullptr) resolved_model_ = keep(record.model->selector);
    if (provider == nullptr) return;
    provider_ = keep(provider->type);
    provider_name_ = keep(provider->name);
}

void AuditEntry::drop_bodies() {
    for (net::MessageCopy* const message : {&exchange_.request, &exchange_.response}) {
        if (message->body.empty()) continue;
        message->body = std::string();
        message->cut = true;
    }
}

std::string_view AuditEntry::table() const {
    return kAuditTable;
}

void AuditEntry::write_data(json::Out& out) const {
    const AuditBody request = audit_request(exchange_.request, redaction_);
    const AuditBody response = audit_response(exchange_.response, redaction_);
    const std::string_view token = token_of(exchange_.request.credential);
    const std::string hash =
        token.empty() ? std::string() : base::sha256_hex(token).substr(0, kHashDigits);
    out.begin_object();
    member_unless_empty(out, "user_agent", user_agent_);
    member_unless_empty(out, "api_key_hash", hash);
    if (fallback_) {
        out.key("failover").begin_object();
        text_member(out, "target_model", resolved_model_);
        out.end_object();
    }
    const json::Tree asked(request.object ? std::string_view(request.json) : "null");
    settings_members(out, asked.root());
    thread_member(out, asked.root(), hash + "\n" + user_path_);
    member_unless_empty(out, "error_message", error_message_);
    member_unless_empty(out, "error_code", error_code_);
    member_unless_empty(out, "query", redaction_.query(query_));
    out.member("end", gateway::to_string(cause_));
    if (stream_ && first_output_.count() != 0)
        out.number_member("time_to_first_token_ns", first_output_.count());
    if (response.events != 0) out.number_member("stream_events", response.events);
    fields_member(out, "request_headers", exchange_.request.fields, redaction_);
    fields_member(out, "response_headers", exchange_.response.fields, redaction_);
    if (!request.json.empty()) out.raw_member("request_body", request.json);
    if (!response.json.empty()) out.raw_member("response_body", response.json);
    if (request.cut) flag_member(out, "request_body_too_big_to_handle", true);
    if (response.cut) flag_member(out, "response_body_too_big_to_handle", true);
    out.end_object();
}

std::string AuditEntry::row() const {
    constexpr std::size_t kAround = 2048;  // what is not copied from the exchange, about
    json::Out out;
    out.reserve(exchange_.size() + kAround);
    out.begin_object();
    text_member(out, "id", id_);
    text_member(out, "timestamp", storage_time(began_));
    out.number_member("duration_ns", duration_.count());
    text_member(out, "requested_model", requested_model_);
    text_member(out, "resolved_model", resolved_model_);
    text_member(out, "provider", provider_);
    text_member(out, "provider_name", provider_name_);
    flag_member(out, "alias_used", alias_used_);
    text_member(out, "workflow_version_id", "");
    cache_type_.empty() ? out.raw_member("cache_type", "null")
                        : out.member("cache_type", base::replace_invalid_utf8(cache_type_));
    out.number_member("status_code", status_);
    text_member(out, "request_id", request_id_);
    text_member(out, "auth_key_id", auth_key_id_);
    text_member(out, "auth_method", auth_method_);
    text_member(out, "client_ip", client_ip_);
    text_member(out, "method", method_);
    text_member(out, "path", path_);
    text_member(out, "user_path", user_path_.empty() ? "/" : user_path_);
    flag_member(out, "stream", stream_);
    const bool broke_off = cause_ != gateway::EndCause::kCompleted && status_ < 400;
    text_member(out, "error_type", broke_off && stream_ ? "stream_error" : error_type_);
    out.key("data");
    write_data(out);
    out.end_object();
    return out.take();
}

}  // namespace gomodel::record
