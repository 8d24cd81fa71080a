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

std::string without_slash(std::string url) {
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

}  // namespace

// One request, its answer relayed. Holds what next() needs of an operation that is gone by then,
// in strings that stay empty, and so cost nothing, in the common case.
class Exchange final : public gomodel::Exchange {
public:
    Exchange(const Provider& provider, const Op& op, std::string_view method)
        : provider_(provider), method_(method), has_body_(!op.body().empty()) {
        url_ = provider.url(op, url_storage_);
        edited_ = has_body_ && provider.edit_body(op, body_);
        if (has_body_ && op.content_type() != kJson) content_type_ = op.content_type();
        if (op.headers().size() > 0) provider.keep_headers(op, kept_);
    }

    Step next(Call call, HttpOut request) override {
        if (sent_) return Step::kDone;
        sent_ = true;
        request.target(method_, url_);
        if (has_body_)
            request.header("Content-Type", content_type_.empty() ? kJson : content_type_);
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
        return head.ok() ? Framing::kRelay : Framing::kError;
    }

private:
    static constexpr std::string_view kJson = "application/json";

    const Provider& provider_;
    const std::string method_;
    std::string_view url_;
    std::string url_storage_;
    std::string content_type_;  // empty: kJson
    std::string body_;
    HeaderList kept_;
    const bool has_body_;
    bool edited_ = false;
    bool sent_ = false;
};

Provider::Provider(Settings settings)
    : base_url_(without_slash(std::move(settings.base_url))),
      authorization_(settings.api_key.empty() ? "" : "Bearer " + settings.api_key),
      request_id_header_(settings.request_id_header) {
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
    return std::make_unique<Exchange>(*this, op, endpoint->method);
}

std::string_view Provider::url(const Op& op, std::string& storage) const {
    if (op.kind() == GM_CAN_PASSTHROUGH) {
        std::string_view path = op.path();
        while (path.starts_with('/'))
            path.remove_prefix(1);
        return storage.append(base_url_).append("/").append(path);
    }
    const Endpoint* const endpoint = find_endpoint(op.kind(), op.action());
    if (endpoint == nullptr) {
        throw gomodel::Error(GM_UNSUPPORTED,
                             "there is no operation \"" + std::string(op.action()) + "\"");
    }
    if (endpoint->path_end == nullptr) {
        const std::string& fixed = urls_[static_cast<std::size_t>(endpoint - endpoints().data())];
        if (op.query().empty()) return fixed;
        storage = fixed;
    } else {
        if (op.id().empty()) throw gomodel::Error(GM_INVALID, "the id is missing");
        storage.append(base_url_).append(endpoint->path);
        append_segment(storage, op.id());
        storage.append(endpoint->path_end);
    }
    if (!op.query().empty()) storage.append("?").append(op.query());
    return storage;
}

void Provider::headers(Call call, HttpOut out) const {
    if (!authorization_.empty()) out.header("Authorization", authorization_);
    if (request_id_header_ != nullptr && is_header_text(call.request_id())) {
        out.header(request_id_header_, call.request_id());
    }
}

bool Provider::edit_body(const Op& op, std::string& body) const {
    if (op.kind() != GM_CAN_CHAT || !is_reasoning_model(op.model())) return false;
    return adapt_to_reasoning(op.body(), body);
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

bool is_header_text(std::string_view text) {
    if (text.empty() || text.size() > 512) return false;
    for (const char c : text) {
        if (c < 0x20 || c > 0x7E) return false;
    }
    return true;
}

}  // namespace openai_compat
