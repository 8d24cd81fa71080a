#include "gateway/passthrough_relay.hpp"

#include "base/text.hpp"
#include "dialect/passthrough_usage.hpp"
#include "gateway/admission.hpp"
#include "gateway/note_request.hpp"
#include "gateway/passthrough_rules.hpp"
#include "gateway/upstream_answer.hpp"

namespace gomodel::gateway {
namespace {

class Relay {
public:
    Relay(RequestContext& context, net::ClientExchange& upstream, RelayLimits limits)
        : context_(context),
          upstream_(upstream),
          limits_(limits),
          events_(is_event_stream(upstream)),
          counted_(context.client.method() == "POST" && upstream.status() < 400 &&
                   !is_compressed(upstream)),
          observer_(upstream.header("content-type")) {}

    net::Task<void> run() {
        begin();
        const EndCause cause = co_await pump();
        if (cause == EndCause::kCompleted) co_return;
        note_usage(false);
        context_.record.cause = cause;
        if (cause == EndCause::kUpstreamFailed) {
            context_.error = dialect::provider_error(
                502, "the upstream's answer was cut off: " + std::string(upstream_.failure()));
        } else if (cause == EndCause::kUpstreamStalled) {
            context_.error =
                dialect::provider_error(504, "the upstream did not finish its answer in time");
        }
        if (cause != EndCause::kClientGone) co_await secure_record(&context_);
        // The client must not take what it has for a whole answer, but may read it.
        if (events_ && cause != EndCause::kClientGone) {
            co_await context_.client.break_off();
        } else {
            context_.client.abort();
        }
    }

private:
    void begin() {
        net::HeaderFields fields = passthrough_response_fields(upstream_.fields());
        if (!net::has_header(fields, "x-request-id")) {
            fields.push_back({"X-Request-ID", context_.request_id});
        }
        if (context_.generation->settings.server.timing_header) {
            context_.server_timing = context_.plugin_times.header(context_.elapsed());
            fields.push_back({"Server-Timing", context_.server_timing});
        }
        add_limit_fields(context_, fields);
        context_.record.stream |= events_;
        context_.client.start(upstream_.status(), fields, upstream_.content_length());
    }

    net::Task<EndCause> pump() {
        net::ServerExchange& client = context_.client;
        for (int reads = 1;; ++reads) {
            std::string_view bytes;
            const net::BodyStep step = upstream_.read(bytes);
            if (step == net::BodyStep::kFailed) co_return EndCause::kUpstreamFailed;
            if (step == net::BodyStep::kWait) {
                const bool sent = co_await client.flush();
                if (!sent) co_return EndCause::kClientGone;
                const net::Wake wake = co_await upstream_.wait(deadline(), &client.client_gone());
                if (wake == net::Wake::kTimeout) co_return EndCause::kUpstreamStalled;
                if (wake == net::Wake::kCancelled) co_return EndCause::kClientGone;
                continue;
            }
            const bool last = step == net::BodyStep::kEnd;
            observe(bytes);
            if (last) co_return co_await finish(bytes);
            const bool taken = client.write({&bytes, bytes.empty() ? 0U : 1U}, false);
            if (!taken) {
                const bool sent = co_await client.flush();
                if (!sent) co_return EndCause::kClientGone;
            }
            if (reads % kReadsATurn == 0) co_await net::Yield(context_.services.loop);
        }
    }

    // The end of the answer, which the client sees once its usage is safe.
    net::Task<EndCause> finish(std::string_view bytes) {
        note_usage(true);
        settle_limits(context_);
        std::string held;
        if (context_.services.recorder.secures()) {
            held = bytes;  // which live until the next co_await
            bytes = held;
            const std::span<const std::string_view> pieces(&bytes, 1);
            co_await secure_record(&context_, pieces);
        }
        context_.client.write({&bytes, bytes.empty() ? 0U : 1U}, true);
        const bool sent = co_await context_.client.flush();
        co_return sent ? EndCause::kCompleted : EndCause::kClientGone;
    }

    base::SteadyTime deadline() const {
        if (!events_) return limits_.whole;
        return limits_.between_events.count() == 0
                   ? net::kNever
                   : context_.services.loop.now() + limits_.between_events;
    }

    void observe(std::string_view bytes) {
        if (bytes.empty()) return;
        if (events_ && context_.record.first_output.count() == 0) {
            context_.record.first_output = context_.elapsed();
        }
        if (counted_) observer_.feed(bytes);
    }

    // A stream of a model that was cut off before its usage came is counted by what went by: about
    // one token an event, and the prompt by its size.
    void note_usage(bool whole) {
        if (!counted_ || std::exchange(noted_, true)) return;
        observer_.finish();
        RequestRecord& record = context_.record;
        record.usage = observer_.usage();
        record.answer_id = observer_.id();
        record.answer_model = observer_.model();
        note_model();
        const bool estimate = !whole && !record.usage.present && observer_.events() != 0 &&
                              !context_.requested_model.empty();
        if (!estimate) return;
        record.usage.prompt =
            static_cast<std::int64_t>(context_.client.body_bytes() / kBytesPerToken);
        record.usage.completion = static_cast<std::int64_t>(observer_.events());
        record.usage.total = record.usage.prompt + record.usage.completion;
        record.usage.present = true;
        record.usage_estimated = true;
    }

    // The upstream took the request: what it says of its model, or else the client, is one of its.
    void note_model() {
        RequestRecord& record = context_.record;
        if (record.model != nullptr || record.provider == nullptr) return;
        record.model = context_.generation->catalog->find(observer_.model(), record.provider->name);
        const std::string& name =
            observer_.model().empty() ? context_.requested_model : observer_.model();
        if (record.model != nullptr || name.empty()) return;
        context_.unlisted_model = std::make_unique<Model>(
            Model{name, record.provider->name + "/" + name, 0, record.provider});
        record.model = context_.unlisted_model.get();
        record.model_listed = false;
    }

    RequestContext& context_;
    net::ClientExchange& upstream_;
    const RelayLimits limits_;
    const bool events_;
    const bool counted_;
    dialect::PassthroughUsage observer_;
    bool noted_ = false;
};

}  // namespace

net::Task<void> relay_answer(RequestContext* context, net::ClientExchange* upstream,
                             RelayLimits limits) {
    Relay relay(*context, *upstream, limits);
    co_await relay.run();
}

net::Task<dialect::Failure> read_error_answer(RequestContext* context,
                                              net::ClientExchange* upstream,
                                              base::SteadyTime deadline) {
    std::string body;
    while (body.size() < kMaxErrorBody) {
        std::string_view bytes;
        const net::BodyStep step = upstream->read(bytes);
        body.append(bytes.substr(0, kMaxErrorBody - body.size()));
        if (step == net::BodyStep::kEnd || step == net::BodyStep::kFailed) break;
        if (step != net::BodyStep::kWait) continue;
        const net::Wake wake = co_await upstream->wait(deadline, &context->client.client_gone());
        if (wake == net::Wake::kCancelled) co_return std::nullopt;
        if (wake == net::Wake::kTimeout) break;
    }
    if (is_compressed(*upstream)) body.clear();
    dialect::ApiError error = dialect::from_upstream(upstream->status(), body);
    error.retry_after = std::string(upstream->header("retry-after"));
    co_return error;
}

std::vector<OwnedField> rate_limit_fields(const net::HeaderFields& upstream) {
    std::vector<OwnedField> kept;
    for (const net::HeaderField& field : upstream) {
        if (base::istarts_with(field.name, "x-ratelimit-")) {
            kept.push_back({std::string(field.name), std::string(field.value)});
        }
    }
    return kept;
}

}  // namespace gomodel::gateway
