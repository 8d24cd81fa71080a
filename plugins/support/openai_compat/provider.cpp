#include "openai_compat/provider.hpp"

#include "openai_compat/endpoint.hpp"
#include "openai_compat/reasoning.hpp"

namespace openai_compat {
namespace {

using gomodel::Call;
using gomodel::Framing;
using gomodel::HttpOut;
using gomodel::Op;
using gomodel::Step;

constexpr const char* key_header(const Settings& settings) {
    if (settings.api_key.empty()) return nullptr;
    return settings.key_header != nullptr ? settings.key_header : "Authorization";
}

bool is_event_stream(const gomodel::ResponseHead& head) {
    constexpr std::string_view kType = "text/event-stream";
    const std::string_view type = head.headers.find("content-type").value_or("");
    return gomodel::iequals(type.substr(0, kType.size()), kType);
}

}  // namespace

// One request, its answer relayed or translated. Holds what next() needs of an operation that is
// gone by then, in strings that stay empty, and so cost nothing, in the common case.
class Exchange final : public gomodel::Exchange {
public:
    Exchange(const Provider& provider, const Op& op, std::string_view method)
        : provider_(provider), method_(method), has_body_(!op.body().empty()) {
        url_ = provider.url(op, url_storage_);
        credential_ = provider.credential(op);
        edited_ = has_body_ && provider.edit_body(op, body_);
        if (has_body_ && op.content_type() != kJson) content_type_ = op.content_type();
        provider.keep_headers(op, kept_);
        translation_ = provider.translation(op);
    }

    Step next(Call call, HttpOut request) override {
        if (sent_) return Step::kDone;
        sent_ = true;
        request.target(method_, url_);
        if (has_body_)
            request.header("Content-Type", content_type_.empty() ? kJson : content_type_);
        if (!credential_.name.empty()) request.header(credential_.name, credential_.value);
        provider_.headers(call, request);
        for (const auto& [name, value] : kept_)
            request.header(name, value);
        if (edited_) {
            request.body(body_);
        } else if (has_body_) {
            request.forward_body();
        }
        return Step::kSend;
    }

    Framing head(Call, const gomodel::ResponseHead& head) override {
        if (!head.ok()) return Framing::kError;
        if (!translation_ || is_event_stream(head)) return Framing::kRelay;
        body_.clear();  // the request's has been sent; from here on it is the answer's
        return Framing::kRaw;
    }

    void feed(Call, std::string_view, std::string_view data, gomodel::Sink) override {
        body_.append(data);
    }

    void end(Call, gomodel::Sink out) override { translation_(body_, out); }

private:
    static constexpr std::string_view kJson = "application/json";

    const Provider& provider_;
    const std::string method_;
    std::string_view url_;
    std::string url_storage_;
    HeaderView credential_;
    std::string content_type_;  // empty: kJson
    std::string body_;
    HeaderList kept_;
    Translation translation_;
    const bool has_body_;
    bool edited_ = false;
    bool sent_ = false;
};

Provider::Provider(Settings settings)
    : base_url_(without_slash(std::move(settings.base_url))),
      key_header_(key_header(settings)),
      credential_(settings.key_header == nullptr ? "Bearer " + settings.api_key : settings.api_key),
      request_id_header_(settings.request_id_header),
      edit_chat_(settings.edit_chat),
      stored_responses_(settings.stored_responses) {
    for (const Endpoint& endpoint : endpoints()) {
        urls_.push_back(endpoint.path_end == nullptr ? base_url_ + endpoint.path : std::string());
    }
}

std::unique_ptr<gomodel::Exchange> Provider::open(Call, Op op) {
    if (op.kind() == GM_CAN_PASSTHROUGH) {
        return std::make_unique<Exchange>(*this, op, op.method());
    }
    const Endpoint* const endpoint = find_endpoint(op.kind(), op.action());
    if (endpoint == nullptr) return nullptr;
    const bool stored = op.kind() == GM_CAN_RESPONSES && !op.action().empty();
    if (stored && !stored_responses_) return nullptr;
    return std::make_unique<Exchange>(*this, op, endpoint->method);
}

std::string_view Provider::url(const Op& op, std::string& storage) const {
    if (op.kind() == GM_CAN_PASSTHROUGH) {
        return storage.append(base_url_).append("/").append(passthrough_path(op));
    }
    // The common case costs nothing: no id, no query.
    const Endpoint* const endpoint = find_endpoint(op.kind(), op.action());
    if (endpoint != nullptr && endpoint->path_end == nullptr) {
        const std::string& fixed = urls_[static_cast<std::size_t>(endpoint - endpoints().data())];
        if (op.query().empty()) return fixed;
        storage = fixed;
    } else {
        storage.append(base_url_).append(operation_path(op));
    }
    if (!op.query().empty()) storage.append("?").append(op.query());
    return storage;
}

HeaderView Provider::credential(const Op&) const {
    if (key_header_ == nullptr) return {};
    return {key_header_, credential_};
}

void Provider::headers(Call call, HttpOut out) const {
    if (request_id_header_ != nullptr && is_header_text(call.request_id())) {
        out.header(request_id_header_, call.request_id());
    }
}

bool Provider::edit_body(const Op& op, std::string& body) const {
    if (op.kind() != GM_CAN_CHAT || edit_chat_ == nullptr) return false;
    return edit_chat_(op.model(), op.body(), body);
}

void Provider::keep_headers(const Op& op, HeaderList& kept) const {
    for (const gm_pair_t& pair : op.headers()) {
        const std::string_view name = gomodel::view(pair.name);
        const bool wanted = op.kind() == GM_CAN_PASSTHROUGH ||
                            gomodel::iequals(name, "OpenAI-Beta") ||
                            gomodel::iequals(name, "Idempotency-Key");
        if (wanted) kept.emplace_back(name, gomodel::view(pair.value));
    }
}

Translation Provider::translation(const Op&) const {
    return {};
}

std::string without_slash(std::string url) {
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

std::string_view passthrough_path(const Op& op) {
    std::string_view path = op.path();
    while (path.starts_with('/'))
        path.remove_prefix(1);
    return path;
}

bool is_below(std::string_view path, std::string_view folder) {
    path = path.substr(0, path.find_first_of("?#"));
    if (!path.starts_with(folder)) return false;
    return path.size() == folder.size() || path[folder.size()] == '/';
}

bool is_header_text(std::string_view text) {
    if (text.empty() || text.size() > 512) return false;
    for (const char c : text) {
        if (c < 0x20 || c > 0x7E) return false;
    }
    return true;
}

}  // namespace openai_compat
