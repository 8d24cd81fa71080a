#include "gateway/passthrough.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "gateway/admission.hpp"
#include "gateway/client_answer.hpp"
#include "gateway/passthrough_body.hpp"
#include "gateway/passthrough_relay.hpp"
#include "gateway/passthrough_rules.hpp"
#include "gateway/plugin_exchange.hpp"
#include "gateway/retry.hpp"
#include "gateway/upstream_answer.hpp"

namespace gomodel::gateway {
namespace {

using dialect::Failure;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool may_pass(int status) {
    return status == 429 || status == 502 || status == 503 || status == 504;
}

// What a plugin says to the host between its requests: only that something failed.
gm_status_t take_error(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes) {
    if (kind != GM_OUT_ERROR) return GM_UNSUPPORTED;
    *static_cast<Failure*>(sink->host_data) = dialect::from_upstream(502, plugin::from_abi(bytes));
    return GM_OK;
}

class Passthrough {
public:
    Passthrough(RequestContext& context, const PassthroughTarget& target)
        : context_(context),
          target_(target),
          settings_(context.generation->settings),
          call_(context.request_id),
          body_(context) {}

    net::Task<void> run() {
        Failure failure = choose();
        if (!failure.has_value()) failure = co_await body_.peek();
        if (!failure.has_value()) {
            describe();
            failure = check_access();
            if (!failure.has_value()) failure = admit(context_, asked());
        }
        if (!failure.has_value()) {
            failure = co_await ask();
        }
        if (!failure.has_value()) co_return;
        net::HeaderFields fields;
        for (const OwnedField& field : error_fields_)
            fields.push_back({field.name, field.value});
        co_await answer_error(&context_, std::move(failure), std::move(fields));
    }

private:
    enum class Outcome { kAnswered, kAgain };

    // Which provider, and what of it.
    Failure choose() {
        const Generation& generation = *context_.generation;
        provider_ = generation.provider(target_.provider);
        const std::string& type = provider_ == nullptr ? target_.provider : provider_->type;
        auto endpoint =
            passthrough_endpoint(target_.path, settings_.server.allow_passthrough_v1_alias);
        if (auto* error = std::get_if<dialect::ApiError>(&endpoint)) return std::move(*error);
        endpoint_ = std::move(std::get<std::string>(endpoint));
        const std::vector<std::string>& enabled = settings_.server.enabled_passthrough_providers;
        if (std::find(enabled.begin(), enabled.end(), type) == enabled.end()) {
            return passthrough_not_enabled(type, enabled);
        }
        if (provider_ == nullptr) {
            const auto first =
                std::find_if(generation.providers.begin(), generation.providers.end(),
                             [&](const auto& one) { return one->type == target_.provider; });
            if (first == generation.providers.end()) {
                return dialect::invalid_request("no provider of type \"" + type +
                                                "\" is configured");
            }
            provider_ = first->get();
        }
        if (!provider_->can(GM_CAN_PASSTHROUGH)) {
            return dialect::invalid_request(provider_->type +
                                            " does not support provider passthrough");
        }
        return std::nullopt;
    }

    // Notes what the request is about, as far as can be told.
    void describe() {
        PassthroughLabel label = passthrough_label(provider_->type, endpoint_);
        context_.operation = std::move(label.operation);
        context_.audit_path = std::move(label.audit_path);
        PeekedRequest peeked = peek_request(body_.peeked());
        if (peeked.model.empty()) peeked.model = model_of_path(endpoint_);
        context_.requested_model = std::move(peeked.model);
        RequestRecord& record = context_.record;
        record.stream = peeked.stream;
        record.provider = provider_;
        record.operation = context_.operation;
        record.audit_path = context_.audit_path;
        if (!context_.requested_model.empty()) {
            record.model =
                context_.generation->catalog->find(context_.requested_model, provider_->name);
        }
        path_ = endpoint_;
        if (target_.has_query) path_.append("?").append(target_.query);
        upstream_call_ = {provider_,
                          record.model == nullptr ? std::string_view() : record.model->id,
                          label.endpoint.empty() ? "passthrough" : label.endpoint, record.stream};
    }

    Asked asked() const {
        Asked asked;
        asked.provider = provider_;
        asked.model = context_.record.model;
        asked.model_name = context_.requested_model;
        asked.body = body_.peeked();
        asked.body_bytes = context_.client.content_length().value_or(body_.peeked().size());
        asked.produces = !context_.requested_model.empty();
        return asked;
    }

    // Of a model that is not known nobody can say who may use it.
    Failure check_access() const {
        const Model* const model = context_.record.model;
        const std::string& id = model == nullptr ? context_.requested_model : model->id;
        if (id.empty()) return std::nullopt;
        return context_.check_access(*provider_, id);
    }

    net::Task<Failure> ask() {
        const base::SteadyTime began = now();
        context_.record.called_provider = true;
        context_.services.recorder.upstream_began(upstream_call_);
        calling_ = true;
        Failure failure;
        Outcome outcome = Outcome::kAgain;
        for (int retries = 0; outcome == Outcome::kAgain; ++retries) {
            may_retry_ = retries < provider_->resilience.retry.max_retries && replayable();
            began_ = now();
            upstream_status_ = 0;
            outcome = Outcome::kAnswered;
            failure = co_await attempt(&outcome);
            if (outcome != Outcome::kAgain) break;
            const base::Duration wait =
                backoff(provider_->resilience.retry, retries + 1, context_.services.random);
            const net::Wake wake = co_await net::Sleep(context_.services.loop, now() + wait,
                                                       &context_.client.client_gone());
            if (wake == net::Wake::kCancelled) {
                failure = gone();
                break;
            }
        }
        if (calling_) call_ended(now() - began);
        if (failure.has_value()) provider_->hidden.hide(failure->message);
        co_return failure;
    }

    // One exchange of the plugin's. `outcome`: whether another one may follow.
    net::Task<Failure> attempt(Outcome* outcome) {
        const net::HeaderFields fields =
            passthrough_request_fields(context_.client.fields(), context_.request_id);
        std::vector<gm_pair_t> headers;
        for (const net::HeaderField& field : fields)
            headers.push_back({plugin::to_abi(field.name), plugin::to_abi(field.value)});
        gm_op_t op{};
        op.size = sizeof op;
        op.kind = GM_CAN_PASSTHROUGH;
        op.stream = context_.record.stream;
        op.method = plugin::to_abi(context_.client.method());
        op.path = plugin::to_abi(path_);
        op.model = plugin::to_abi(context_.requested_model);
        op.body = plugin::to_abi(body_.peeked());
        op.content_type = plugin::to_abi(context_.client.header("content-type"));
        op.headers = headers.data();
        op.header_count = static_cast<std::uint32_t>(headers.size());
        base::Result<PluginExchange> exchange =
            PluginExchange::open(*provider_, call_, op, context_.services, &context_.plugin_times);
        if (!exchange.ok()) co_return dialect::from_base(exchange.error());
        for (bool done = false; !done;) {
            UpstreamRequest request;
            const base::Result<Step> step = exchange->next(call_, request);
            if (!step.ok()) co_return dialect::from_base(step.error());
            if (*step != Step::kSend) co_return cannot("answered a passthrough by itself");
            if (request.delay.count() > 0) {
                const net::Wake wake = co_await net::Sleep(
                    context_.services.loop, now() + request.delay, &context_.client.client_gone());
                if (wake == net::Wake::kCancelled) co_return gone();
            }
            Failure failure = co_await send(&*exchange, &request, &done, outcome);
            if (failure.has_value()) co_return failure;
        }
        co_return std::nullopt;
    }

    net::Task<Failure> send(PluginExchange* exchange, const UpstreamRequest* request, bool* done,
                            Outcome* outcome) {
        base::Result<std::unique_ptr<net::ClientExchange>> sent =
            co_await context_.services.upstream.send(to_send(*request),
                                                     &context_.client.client_gone());
        if (!sent.ok()) co_return unanswered(sent.error(), outcome);
        net::ClientExchange& upstream = **sent;
        upstream_status_ = upstream.status();
        context_.record.upstream_head = context_.elapsed();
        const base::Result<Framing> framing =
            exchange->head(call_, upstream.status(), upstream.fields());
        if (!framing.ok()) co_return dialect::from_base(framing.error());
        if (*framing == Framing::kSse) co_return cannot("wants to translate a passthrough");
        if (*framing == Framing::kRaw) co_return co_await feed(exchange, &upstream);
        *done = true;
        if (may_retry_ && may_pass(upstream.status())) {
            *outcome = Outcome::kAgain;
            co_return std::nullopt;
        }
        body_.release();
        co_return co_await answer(&upstream);
    }

    net::ClientRequest to_send(const UpstreamRequest& request) {
        net::ClientRequest out;
        out.method = request.method;
        out.url = request.url;
        out.headers = request.headers;
        out.patience = settings_.http.response_header_timeout;
        if (out.patience.count() > 0) out.first_byte = now() + out.patience;
        const bool no_body = body_.whole() && body_.peeked().empty();
        if (request.forward_body && !body_.whole()) {
            streamed_ = true;
            out.source = &body_;
        } else if (request.forward_body || !request.body.empty()) {
            out.has_body = true;
            out.body.push_back(request.forward_body ? body_.peeked()
                                                    : std::string_view(request.body));
        } else {
            // An empty body that the client announced: some servers insist on a length.
            out.has_body = no_body && context_.client.content_length().has_value();
        }
        return out;
    }

    Failure unanswered(const base::Error& error, Outcome* outcome) {
        if (Failure fault = body_.fault()) return fault;
        switch (error.code) {
            case base::Code::kCancelled:
                return gone();
            case base::Code::kExhausted:  // of ours, not of the provider's
                return dialect::overloaded(error.message);
            case base::Code::kInvalid:
                return dialect::provider_error(502, error.message);
            default:
                if (error.code == base::Code::kUnavailable && may_retry_ && !streamed_) {
                    *outcome = Outcome::kAgain;
                }
                return dialect::from_base(error);
        }
    }

    // An answer that is for the plugin, such as a token: what it asks for next may need it.
    net::Task<Failure> feed(PluginExchange* exchange, net::ClientExchange* upstream) {
        Failure said;
        const gm_sink_t sink{sizeof(gm_sink_t), &said, &take_error};
        for (;;) {
            std::string_view bytes;
            const net::BodyStep step = upstream->read(bytes);
            if (step == net::BodyStep::kFailed) {
                co_return dialect::provider_error(
                    502, "the upstream's answer was cut off: " + std::string(upstream->failure()));
            }
            if (step == net::BodyStep::kWait) {
                const net::Wake wake =
                    co_await upstream->wait(whole_deadline(), &context_.client.client_gone());
                if (wake == net::Wake::kCancelled) co_return gone();
                if (wake == net::Wake::kTimeout) {
                    co_return dialect::provider_error(
                        504, "the upstream did not finish its answer in time");
                }
                continue;
            }
            base::Status fed;
            if (!bytes.empty()) fed = exchange->feed(call_, {}, bytes, sink);
            const bool last = step == net::BodyStep::kEnd;
            if (fed.ok() && last) fed = exchange->end(call_, sink);
            if (said.has_value()) co_return said;
            if (!fed.ok()) co_return dialect::from_base(fed.error());
            if (last) co_return std::nullopt;
        }
    }

    net::Task<Failure> answer(net::ClientExchange* upstream) {
        const bool verbatim =
            settings_.server.passthrough_errors == config::PassthroughErrors::kVerbatim;
        if (upstream->status() >= 400 && !verbatim) {
            error_fields_ = rate_limit_fields(upstream->fields());
            Failure error = co_await read_error_answer(&context_, upstream, whole_deadline());
            co_return error.has_value() ? std::move(error) : gone();
        }
        if (is_event_stream(*upstream)) call_ended(now() - began_);
        co_await relay_answer(&context_, upstream,
                              {settings_.http.stream_idle_timeout, whole_deadline()});
        co_return std::nullopt;
    }

    Failure gone() {
        context_.record.cause = EndCause::kClientGone;
        return dialect::from_base({base::Code::kCancelled, {}});
    }

    Failure cannot(const char* what) const {
        return dialect::provider_error(502, provider_->name + ": the plugin " + what);
    }

    // A request that may be made again without harm, and can be: nothing of it is gone.
    bool replayable() const {
        if (!body_.whole()) return false;
        return is_one_of(context_.client.method(), {"GET", "HEAD", "OPTIONS", "PUT"}) ||
               !base::trim(context_.client.header("idempotency-key")).empty();
    }

    base::SteadyTime whole_deadline() const {
        return settings_.http.timeout.count() == 0 ? net::kNever : now() + settings_.http.timeout;
    }

    base::SteadyTime now() const { return context_.services.loop.now(); }

    void call_ended(base::Duration elapsed) {
        calling_ = false;
        context_.services.recorder.upstream_ended(upstream_call_, upstream_status_, elapsed);
    }

    RequestContext& context_;
    const PassthroughTarget& target_;
    const config::Settings& settings_;
    const plugin::Call call_;
    PassthroughBody body_;
    const Provider* provider_ = nullptr;
    std::string endpoint_;
    std::string path_;  // the endpoint with its query
    UpstreamCall upstream_call_;
    bool calling_ = false;
    bool may_retry_ = false;
    bool streamed_ = false;
    int upstream_status_ = 0;
    base::SteadyTime began_{};
    std::vector<OwnedField> error_fields_;
};

}  // namespace

net::Task<void> serve_passthrough(RequestContext* context, PassthroughTarget target) {
    Passthrough passthrough(*context, target);
    co_await passthrough.run();
}

}  // namespace gomodel::gateway
