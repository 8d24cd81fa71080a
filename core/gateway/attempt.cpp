#include "gateway/attempt.hpp"

#include <gomodel/sse.hpp>

#include "gateway/header_rules.hpp"
#include "gateway/upstream_answer.hpp"

namespace gomodel::gateway {
namespace {

constexpr std::size_t kMaxTranslated = dialect::kMaxEvent;  // of an answer that has to be whole

dialect::ApiError compressed(const net::ClientExchange& upstream) {
    if (upstream.status() >= 400) return dialect::from_upstream(upstream.status(), {});
    return dialect::provider_error(502,
                                   "the upstream's answer has a Content-Encoding that was not "
                                   "asked for: " +
                                       std::string(upstream.header("content-encoding")));
}

}  // namespace

void ReportedCall::began(base::SteadyTime now) {
    if (state_ != State::kNew) return;
    state_ = State::kRunning;
    began_ = now;
    recorder_.upstream_began(call_);
}

void ReportedCall::ended(int status, base::SteadyTime now) {
    if (state_ != State::kRunning) return;
    state_ = State::kEnded;
    recorder_.upstream_ended(call_, status, now - began_);
}

Attempt::Attempt(RequestContext& context, const Operation& operation, ReportedCall& reported)
    : context_(context),
      operation_(operation),
      limits_(context.generation->settings.http),
      call_(context.request_id),
      reported_(reported),
      sink_{sizeof(gm_sink_t), this, &collect} {}

StreamAnswer& Attempt::stream() {
    if (stream_ == nullptr) {
        stream_ = std::make_unique<StreamAnswer>(context_, operation_.endpoint,
                                                 operation_.withhold_usage, operation_.adapter);
        if (operation_.usage_asked) stream_->expect_usage();
        stream_->hide(operation_.provider->hidden);
    }
    return *stream_;
}

gm_status_t Attempt::collect(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes) {
    Attempt& attempt = *static_cast<Attempt*>(sink->host_data);
    const std::string_view text = plugin::from_abi(bytes);
    switch (kind) {
        case GM_OUT_BODY:
            attempt.body_.append(text);
            return GM_OK;
        case GM_OUT_CHUNK:
            attempt.chunks_.emplace_back(text);
            return GM_OK;
        case GM_OUT_ERROR:
            attempt.plugin_error_ = dialect::from_upstream(
                attempt.upstream_status_ == 0 ? 502 : attempt.upstream_status_, text);
            return GM_OK;
        default:
            return GM_INVALID;
    }
}

net::Task<Attempt::Failure> Attempt::run() {
    const std::vector<gm_pair_t> headers = let_through();
    gm_op_t op{};
    op.size = sizeof op;
    op.kind = operation_.kind;
    op.action = plugin::to_abi(operation_.action);
    op.stream = operation_.stream;
    op.model = plugin::to_abi(operation_.model->id);
    op.body = plugin::to_abi(operation_.body->view());
    op.content_type = plugin::to_abi("application/json");
    op.headers = headers.data();
    op.header_count = static_cast<std::uint32_t>(headers.size());
    base::Result<PluginExchange> exchange = PluginExchange::open(
        *operation_.provider, call_, op, context_.services, &context_.plugin_times);
    if (!exchange.ok()) co_return ours(exchange.error());

    UpstreamRequest request;
    const base::Result<Step> first = exchange->next(call_, request);
    began_ = exchange->last_call_ended();
    context_.record.called_provider = true;
    reported_.began(began_);
    Failure failure = co_await steps(&*exchange, first, &request);
    if (failure.has_value() && streams()) failure = co_await end_stream(std::move(*failure));
    exchange->close();
    failed_.status = upstream_status_;
    if (!failure.has_value()) reported_.ended(upstream_status_, exchange->last_call_ended());
    co_return failure;
}

net::Task<Attempt::Failure> Attempt::steps(PluginExchange* exchange, base::Result<Step> step,
                                           UpstreamRequest* request) {
    for (;;) {
        if (!step.ok()) co_return ours(step.error());
        if (*step == Step::kDone) co_return co_await finish();
        if (request->delay.count() > 0) {
            const base::SteadyTime until = context_.services.loop.now() + request->delay;
            const net::Wake wake =
                co_await net::Sleep(context_.services.loop, until, &context_.client.client_gone());
            if (wake == net::Wake::kCancelled) co_return stalled(wake);
        }
        Failure failure;
        Next next = Next::kAgain;
        if (*step == Step::kLocal) {
            const base::Status fed = exchange->feed(call_, {}, {}, sink_);
            if (!fed.ok()) co_return ours(fed.error());
            upstream_status_ = 200;
            failure = co_await deliver();
        } else {
            failure = co_await send(exchange, request, &next);
        }
        if (failure.has_value() || next == Next::kDone) co_return failure;
        *request = UpstreamRequest();
        step = exchange->next(call_, *request);
    }
}

net::Task<Attempt::Failure> Attempt::send(PluginExchange* exchange, const UpstreamRequest* request,
                                          Next* next) {
    net::ClientRequest out;
    out.method = request->method;
    out.url = request->url;
    out.headers = request->headers;
    out.has_body = request->forward_body || !request->body.empty();
    if (out.has_body) {
        out.body.push_back(request->forward_body ? operation_.body->view()
                                                 : std::string_view(request->body));
    }
    if (limits_.response_header_timeout.count() > 0) {
        out.first_byte = context_.services.loop.now() + limits_.response_header_timeout;
    }
    base::Result<std::unique_ptr<net::ClientExchange>> sent =
        co_await context_.services.upstream.send(std::move(out), &context_.client.client_gone());
    if (!sent.ok()) co_return not_sent(sent.error());
    net::ClientExchange& upstream = **sent;
    note_status(upstream);
    if (is_compressed(upstream)) {
        context_.record.upstream_head = context_.elapsed();
        co_return compressed(upstream);
    }
    const base::Result<Framing> framing =
        exchange->head(call_, upstream.status(), upstream.fields());
    context_.record.upstream_head = exchange->last_call_began() - context_.started;
    if (!framing.ok()) co_return ours(framing.error());

    Failure failure;
    switch (*framing) {
        case Framing::kRelay:
            *next = Next::kDone;
            co_return co_await relay(&upstream);
        case Framing::kError:
            co_return co_await read_error(&upstream);
        case Framing::kSse:
            failure = co_await feed_upstream(exchange, &upstream, true);
            break;
        case Framing::kRaw:
            failure = co_await feed_upstream(exchange, &upstream, false);
            break;
    }
    if (failure.has_value()) co_return failure;
    const base::Status done = exchange->end(call_, sink_);
    if (!done.ok()) co_return ours(done.error());
    co_return co_await deliver();
}

net::Task<Attempt::Failure> Attempt::relay(net::ClientExchange* upstream) {
    const bool events = is_event_stream(*upstream);
    if (operation_.stream && events) {
        reported_.ended(upstream_status_, context_.services.loop.clock().steady());
        return relay_stream(upstream);
    }
    return operation_.adapter == nullptr ? relay_body(upstream) : translate_body(upstream);
}

net::Task<Attempt::Failure> Attempt::relay_body(net::ClientExchange* upstream) {
    BodyAnswer answer(context_, upstream->fields(), upstream->content_length());
    Failure failure = co_await pump_body(upstream, &answer);
    if (failure.has_value() && answer.begun()) {
        // Too late for an error answer: the client must not take what it has for a whole one.
        if (context_.record.cause == EndCause::kCompleted) {
            context_.record.cause = EndCause::kUpstreamFailed;
        }
        context_.error = std::exchange(failure, std::nullopt);
        context_.client.abort();
    }
    co_return failure;
}

net::Task<Attempt::Failure> Attempt::translate_body(net::ClientExchange* upstream) {
    for (int reads = 1;; ++reads) {
        std::string_view bytes;
        const net::BodyStep step = upstream->read(bytes);
        if (step == net::BodyStep::kFailed) co_return cut_off(*upstream);
        if (step == net::BodyStep::kWait) {
            const net::Wake wake =
                co_await upstream->wait(body_deadline(), &context_.client.client_gone());
            if (wake != net::Wake::kReady) co_return stalled(wake);
            continue;
        }
        if (body_.size() + bytes.size() > kMaxTranslated) {
            co_return dialect::provider_error(502, "the upstream's answer is larger than " +
                                                       std::to_string(kMaxTranslated) + " bytes");
        }
        body_.append(bytes);
        if (step == net::BodyStep::kEnd) break;
        if (reads % kReadsATurn == 0) co_await net::Yield(context_.services.loop);
    }
    co_return co_await answer_adapted(&context_, operation_.adapter, &upstream->fields(), body_);
}

net::Task<Attempt::Failure> Attempt::pump_body(net::ClientExchange* upstream, BodyAnswer* answer) {
    for (int reads = 1;; ++reads) {
        std::string_view bytes;
        const net::BodyStep step = upstream->read(bytes);
        if (step == net::BodyStep::kFailed) co_return cut_off(*upstream);
        if (step == net::BodyStep::kWait) {
            const net::Wake wake =
                co_await upstream->wait(body_deadline(), &context_.client.client_gone());
            if (wake != net::Wake::kReady) co_return stalled(wake);
            continue;
        }
        const bool last = step == net::BodyStep::kEnd;
        const bool taken = answer->write(bytes, last);
        if (answer->begun()) answering();
        if (!taken) {
            const bool sent = co_await answer->flush();
            if (!sent) co_return stalled(net::Wake::kCancelled);
        }
        if (answer->not_json()) {
            co_return dialect::provider_error(502, "the upstream's answer is not a JSON object");
        }
        if (last) co_return std::nullopt;
        if (reads % kReadsATurn == 0) co_await net::Yield(context_.services.loop);
    }
}

net::Task<Attempt::Failure> Attempt::relay_stream(net::ClientExchange* upstream) {
    for (int reads = 1;; ++reads) {
        std::string_view bytes;
        const net::BodyStep step = upstream->read(bytes);
        if (step == net::BodyStep::kFailed) co_return cut_off(*upstream);
        if (!streams()) {
            stream().begin(upstream->fields());
            answering();
        }
        bool taken = true;
        if (step != net::BodyStep::kWait) taken = stream_->write(bytes);
        if (stream_->failure().has_value()) co_return stream_->failure();
        if (step == net::BodyStep::kEnd) co_return co_await stream_->finish();
        if (!taken || step == net::BodyStep::kWait) {
            const bool sent = co_await stream_->flush();
            if (!sent) co_return stalled(net::Wake::kCancelled);
        }
        if (step == net::BodyStep::kWait) {
            const net::Wake wake =
                co_await upstream->wait(event_deadline(), &context_.client.client_gone());
            if (wake != net::Wake::kReady) co_return stalled(wake);
        } else if (reads % kReadsATurn == 0) {
            co_await net::Yield(context_.services.loop);
        }
    }
}

// Gives the plugin the upstream's answer: in pieces, or event by event.
net::Task<Attempt::Failure> Attempt::feed_upstream(PluginExchange* exchange,
                                                   net::ClientExchange* upstream, bool events) {
    SseReader reader(dialect::kMaxEvent);
    base::Status fed;
    const auto on_event = [&](const SseEvent& event) {
        if (fed.ok() && event.has_data) fed = exchange->feed(call_, event.name, event.data, sink_);
    };
    const auto on_oversized = [&](std::string_view) {
        if (fed.ok()) {
            fed = base::Error{base::Code::kUnavailable,
                              "an event of the upstream's stream is too large"};
        }
    };
    for (;;) {
        std::string_view bytes;
        const net::BodyStep step = upstream->read(bytes);
        if (step == net::BodyStep::kFailed) co_return cut_off(*upstream);
        if (step == net::BodyStep::kWait) {
            const bool flushed = !streams() || co_await stream_->flush();
            if (!flushed) co_return stalled(net::Wake::kCancelled);
            const base::SteadyTime deadline =
                operation_.stream ? event_deadline() : body_deadline();
            const net::Wake wake =
                co_await upstream->wait(deadline, &context_.client.client_gone());
            if (wake != net::Wake::kReady) co_return stalled(wake);
            continue;
        }
        if (events) {
            reader.feed(bytes, on_event, on_oversized);
        } else if (!bytes.empty()) {
            fed = exchange->feed(call_, {}, bytes, sink_);
        }
        // First what was written before it failed.
        Failure failure = co_await deliver();
        if (!failure.has_value() && !fed.ok()) failure = ours(fed.error());
        if (failure.has_value() || step == net::BodyStep::kEnd) co_return failure;
    }
}

net::Task<Attempt::Failure> Attempt::read_error(net::ClientExchange* upstream) {
    std::string body;
    const base::SteadyTime deadline = body_deadline();
    while (body.size() < kMaxErrorBody) {
        std::string_view bytes;
        const net::BodyStep step = upstream->read(bytes);
        body.append(bytes);
        if (step == net::BodyStep::kEnd || step == net::BodyStep::kFailed) break;
        if (step == net::BodyStep::kWait) {
            const net::Wake wake =
                co_await upstream->wait(deadline, &context_.client.client_gone());
            if (wake == net::Wake::kCancelled) co_return stalled(wake);
            if (wake == net::Wake::kTimeout) break;
        }
    }
    dialect::ApiError error = dialect::from_upstream(upstream->status(), body);
    error.retry_after = std::string(upstream->header("retry-after"));
    co_return error;
}

// Sends on what the plugin has written; an error comes after the chunks.
net::Task<Attempt::Failure> Attempt::deliver() {
    if (!chunks_.empty() && !streams()) {
        stream().begin(no_fields_);
        answering();
    }
    for (const std::string& chunk : chunks_) {
        const bool taken = stream_->write_event(chunk);
        if (stream_->failure().has_value()) co_return stream_->failure();
        if (taken) continue;
        const bool sent = co_await stream_->flush();
        if (!sent) co_return stalled(net::Wake::kCancelled);
    }
    chunks_.clear();
    co_return std::exchange(plugin_error_, std::nullopt);
}

// The plugin says that the answer is complete.
net::Task<Attempt::Failure> Attempt::finish() {
    if (streams()) co_return co_await stream_->finish();
    if (operation_.adapter != nullptr) {
        co_return co_await answer_adapted(&context_, operation_.adapter, &no_fields_, body_);
    }
    BodyAnswer answer(context_, no_fields_, body_.size());
    const bool written = answer.write(body_, true);
    if (answer.not_json()) {
        co_return dialect::provider_error(502, "the provider's answer is not a JSON object");
    }
    if (!written) co_await answer.flush();
    co_return std::nullopt;
}

// The client has part of a stream: it ends with an error event, unless nobody is there to read it.
net::Task<Attempt::Failure> Attempt::end_stream(dialect::ApiError error) {
    if (context_.record.cause == EndCause::kClientGone) {
        stream_->abandon();
    } else {
        operation_.provider->hidden.hide(error.message);
        co_await stream_->fail(std::move(error));
    }
    co_return std::nullopt;
}

// Why a wait did not end well. A timeout is the upstream's fault, the rest is the client's.
Attempt::Failure Attempt::stalled(net::Wake wake) {
    if (wake == net::Wake::kTimeout) {
        failed_.trouble = Trouble::kTimeout;
        if (context_.client.started()) context_.record.cause = EndCause::kUpstreamStalled;
        return dialect::provider_error(504, "the upstream did not finish its answer in time");
    }
    context_.record.cause = EndCause::kClientGone;
    failed_.trouble = Trouble::kClientGone;
    return dialect::from_base({base::Code::kCancelled, {}});
}

Attempt::Failure Attempt::not_sent(const base::Error& error) {
    switch (error.code) {
        case base::Code::kCancelled:
            return stalled(net::Wake::kCancelled);
        case base::Code::kTimeout:
            failed_.trouble = Trouble::kTimeout;
            return dialect::from_base(error);
        case base::Code::kExhausted:  // of ours, not of the provider's
            failed_.trouble = Trouble::kOurs;
            return dialect::overloaded(error.message);
        case base::Code::kInvalid:
            failed_.trouble = Trouble::kOurs;
            return dialect::provider_error(502, error.message);
        default:
            failed_.trouble = Trouble::kConnection;
            return dialect::from_base(error);
    }
}

Attempt::Failure Attempt::ours(const base::Error& error) {
    failed_.trouble = Trouble::kOurs;
    return dialect::from_base(error);
}

// Until something else goes wrong a failure is what the status says.
void Attempt::note_status(const net::ClientExchange& upstream) {
    upstream_status_ = upstream.status();
    failed_.trouble = upstream_status_ < 400 ? Trouble::kBadAnswer : Trouble::kStatus;
    failed_.should_retry = read_should_retry(upstream.header("x-should-retry"));
    failed_.retry_after =
        read_retry_after(upstream.header("retry-after"), context_.services.loop.clock().wall());
}

// The client is being sent the answer: there will be no other try.
void Attempt::answering() {
    operation_.body->release();
    if (operation_.original != nullptr) operation_.original->release();
}

Attempt::Failure Attempt::cut_off(const net::ClientExchange& upstream) {
    failed_.trouble = Trouble::kConnection;
    return dialect::provider_error(
        502, "the upstream's answer was cut off: " + std::string(upstream.failure()));
}

base::SteadyTime Attempt::body_deadline() const {
    return limits_.timeout.count() == 0 ? net::kNever : began_ + limits_.timeout;
}

base::SteadyTime Attempt::event_deadline() const {
    return limits_.stream_idle_timeout.count() == 0
               ? net::kNever
               : context_.services.loop.now() + limits_.stream_idle_timeout;
}

std::vector<gm_pair_t> Attempt::let_through() const {
    std::vector<gm_pair_t> pairs;
    pairs.reserve(context_.client.fields().size());
    for (const net::HeaderField& field : context_.client.fields()) {
        if (may_reach_plugin(field.name)) {
            pairs.push_back({plugin::to_abi(field.name), plugin::to_abi(field.value)});
        }
    }
    return pairs;
}

}  // namespace gomodel::gateway
