#include "gateway/client_answer.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "dialect/messages/error_body.hpp"
#include "gateway/admission.hpp"
#include "gateway/note_request.hpp"

namespace gomodel::gateway {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kEventStream = "text/event-stream";

// Who answered. Header values with bytes that are none are left out.
void add_diagnostics(RequestContext& context, net::HeaderFields& fields) {
    const RequestRecord& record = context.record;
    if (record.model == nullptr) return;
    fields.push_back({"X-GoModel-Provider", record.model->provider->name});
    const std::string& id = record.model->id;
    const bool visible =
        std::all_of(id.begin(), id.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (visible) fields.push_back({"X-GoModel-Model", id});
    context.attempts_text = std::to_string(record.attempts);
    fields.push_back({"X-GoModel-Attempts", context.attempts_text});
    fields.push_back({"X-GoModel-Fallback", record.fallback ? "true" : "false"});
}

// What every answer says.
net::HeaderFields usual_fields(RequestContext& context, std::string_view content_type) {
    net::HeaderFields fields;
    fields.reserve(8);
    fields.push_back({"Content-Type", content_type});
    fields.push_back({"X-Request-ID", context.request_id});
    if (context.client_api == ClientApi::kAnthropic) {  // where its clients look for it
        fields.push_back({"Request-Id", context.request_id});
    }
    if (context.generation->settings.server.timing_header) {
        context.server_timing = context.plugin_times.header(context.elapsed());
        fields.push_back({"Server-Timing", context.server_timing});
    }
    if (context.generation->settings.server.diagnostics_headers) add_diagnostics(context, fields);
    return fields;
}

// Of an upstream's answer, what the client may see: rate limits, Retry-After.
void pass_on(const net::HeaderFields& upstream, net::HeaderFields& fields) {
    for (const net::HeaderField& field : upstream) {
        const bool limits = base::istarts_with(field.name, "x-ratelimit-") ||
                            base::istarts_with(field.name, "anthropic-ratelimit-");
        if (limits || base::iequals(field.name, "retry-after")) fields.push_back(field);
    }
}

}  // namespace

net::Task<void> answer_error(RequestContext* context, dialect::Failure error,
                             net::HeaderFields extra) {
    context->error = std::move(error);
    const dialect::ApiError& told = *context->error;
    net::HeaderFields fields = usual_fields(*context, kJson);
    if (!told.retry_after.empty()) fields.push_back({"Retry-After", told.retry_after});
    fields.insert(fields.end(), extra.begin(), extra.end());
    add_limit_fields(*context, fields);
    const std::string body = context->client_api == ClientApi::kAnthropic
                                 ? dialect::messages::error_json(told, context->request_id)
                                 : dialect::to_json(told);
    context->record.status = told.status;
    context->client.start(told.status, fields, body.size());
    const std::string_view whole = body;
    const std::span<const std::string_view> pieces(&whole, 1);
    co_await secure_record(context, pieces);
    context->client.write(pieces, true);
    co_await context->client.flush();
}

void BodyAnswer::begin(std::optional<std::uint64_t> length) {
    net::HeaderFields fields = usual_fields(context_, kJson);
    pass_on(upstream_, fields);
    add_limit_fields(context_, fields);
    context_.client.start(200, fields, length);
}

BodyAnswer::BodyAnswer(RequestContext& context, const net::HeaderFields& upstream,
                       std::optional<std::uint64_t> length)
    : context_(context), upstream_(upstream), length_(length) {
    context_.capture.begin(false);
}

bool BodyAnswer::write(std::string_view bytes, bool last) {
    context_.capture.append(bytes);
    // The usual answer comes in one piece.
    if (last && held_.empty() && !begun()) {
        if (auto answer = dialect::read_answer(bytes)) {
            note(std::move(*answer));
            length_ = bytes.size();
            return send(bytes, true);
        }
    }
    scanner_.feed(bytes);
    not_json_ = scanner_.broken() || (last && !scanner_.whole_object());
    if (not_json_) return true;
    if (last) note_usage();
    const std::size_t size = held_.size() + bytes.size();
    if (last && !begun()) length_ = size;
    if (last || begun() || size > kHold) return send(bytes, last);
    if (held_.empty() && length_.has_value() && *length_ <= kHold) held_.reserve(*length_);
    held_.append(bytes);
    return true;
}

// What is held, then `bytes`.
bool BodyAnswer::send(std::string_view bytes, bool last) {
    if (last && context_.services.recorder.secures()) {
        held_.append(bytes);
        last_held_ = true;
        return false;
    }
    if (last) settle_limits(context_);
    if (!begun()) begin(length_);
    const std::array<std::string_view, 2> pieces{held_, bytes};
    const std::size_t empty = held_.empty() ? 1 : 0;
    const bool taken = context_.client.write(std::span(pieces).subspan(empty), last);
    held_ = std::string();
    return taken;
}

net::Task<bool> BodyAnswer::flush() {
    if (last_held_) {
        last_held_ = false;
        context_.record.status = 200;
        if (!begun()) begin(length_);
        const std::string_view rest = held_;
        const std::span<const std::string_view> pieces(&rest, 1);
        co_await secure_record(&context_, pieces);
        context_.client.write(pieces, true);
    }
    co_return co_await context_.client.flush();
}

void BodyAnswer::note_usage() {
    dialect::AnswerSummary answer;
    const std::string_view usage = scanner_.value(0);
    if (!usage.empty()) answer.usage = dialect::read_usage(usage);
    answer.model = dialect::text_between_quotes(scanner_.value(1));
    answer.id = dialect::text_between_quotes(scanner_.value(2));
    note(std::move(answer));
}

void BodyAnswer::note(dialect::AnswerSummary answer) {
    if (counted_.has_value()) answer = std::move(*counted_);
    context_.record.usage = std::move(answer.usage);
    context_.record.answer_id = std::move(answer.id);
    context_.record.answer_model = std::move(answer.model);
}

net::Task<void> answer_json(RequestContext* context, std::string_view body) {
    const net::HeaderFields fields = usual_fields(*context, kJson);
    context->client.start(200, fields, body.size());
    const std::span<const std::string_view> pieces(&body, 1);
    co_await secure_record(context, pieces);
    context->client.write(pieces, true);
    co_await context->client.flush();
}

net::Task<void> answer_recalled(RequestContext* context, std::string_view body, bool stream,
                                std::string_view cache) {
    net::HeaderFields fields = usual_fields(*context, stream ? kEventStream : kJson);
    if (stream) fields.push_back({"Cache-Control", "no-cache"});
    const std::string hit = "HIT (" + std::string(cache) + ")";
    fields.push_back({"X-Cache", hit});
    std::optional<std::uint64_t> length;
    if (!stream) length = body.size();
    context->client.start(200, fields, length);
    const std::span<const std::string_view> pieces(&body, 1);
    co_await secure_record(context, pieces);
    context->client.write(pieces, true);
    const bool sent = co_await context->client.flush();
    if (!sent) context->record.cause = EndCause::kClientGone;
}

net::Task<dialect::Failure> answer_adapted(RequestContext* context, dialect::Adapter* adapter,
                                           const net::HeaderFields* upstream,
                                           std::string_view completion) {
    const auto translated = adapter->answer(completion);
    if (const auto* error = std::get_if<dialect::ApiError>(&translated)) co_return *error;
    const std::string& body = std::get<std::string>(translated);
    BodyAnswer answer(*context, *upstream, body.size());
    if (auto summary = dialect::read_answer(completion)) answer.count_as(std::move(*summary));
    const bool written = answer.write(body, true);
    if (!written) co_await answer.flush();
    co_return std::nullopt;
}

StreamAnswer::StreamAnswer(RequestContext& context, dialect::Endpoint endpoint, bool withhold_usage,
                           dialect::Adapter* adapter)
    : context_(context),
      endpoint_(endpoint),
      filter_(endpoint, withhold_usage,
              adapter == nullptr ? dialect::grammar::Measure::kUpstream
                                 : dialect::grammar::Measure::kOwn) {
    if (adapter != nullptr) adapted_ = std::make_unique<dialect::AdaptedStream>(*adapter);
}

const dialect::StreamFilter& StreamAnswer::account() const {
    return adapted_ != nullptr ? adapted_->upstream() : filter_;
}

void StreamAnswer::begin(const net::HeaderFields& upstream) {
    net::HeaderFields fields = usual_fields(context_, kEventStream);
    fields.push_back({"Cache-Control", "no-cache"});
    pass_on(upstream, fields);
    add_limit_fields(context_, fields);
    context_.client.start(200, fields, std::nullopt);
    context_.capture.begin(true);
}

bool StreamAnswer::write(std::string_view bytes) {
    if (adapted_ != nullptr) {
        translated_.clear();
        failure_ = adapted_->feed(bytes, translated_);
        filter_translated();
        return send(false);
    }
    filter(bytes);
    return send(false);
}

bool StreamAnswer::write_event(std::string_view data) {
    if (adapted_ != nullptr) {
        translated_.clear();
        adapted_->upstream().adds_end();
        failure_ = adapted_->chunk(data, translated_);
        filter_translated();
        return send(false);
    }
    framed_.clear();
    std::string_view name;
    dialect::MemberScanner type({"type", ""});
    const bool named =
        endpoint_ == dialect::Endpoint::kResponses || endpoint_ == dialect::Endpoint::kMessages;
    if (named) {  // its events are named by their type
        type.feed(data);
        name = dialect::text_between_quotes(type.value(0));
    }
    append_sse(framed_, name, data);
    filter_.adds_end();
    filter(framed_);
    return send(false);
}

// What the adapter wrote is held to the grammar of its dialect, too.
void StreamAnswer::filter_translated() {
    report_violations(adapted_->upstream(), dialect::Endpoint::kChat);
    filter(translated_);
}

void StreamAnswer::filter(std::string_view bytes) {
    out_.clear();
    filter_.feed(bytes, out_);
    if (!failure_.has_value()) failure_ = filter_.failure();
}

void StreamAnswer::report_violations(dialect::StreamFilter& filter, dialect::Endpoint endpoint) {
    if (!filter.violated() || context_.record.model == nullptr) return;
    StreamViolation violation;
    violation.provider = context_.record.model->provider;
    violation.dialect = dialect::grammar::dialect_name(endpoint);
    violation.when = context_.services.loop.now();
    for (const dialect::grammar::Violation& found : filter.take_violations()) {
        violation.rule = to_string(found.rule);
        violation.action = to_string(found.action);
        context_.services.recorder.stream_violated(violation);
    }
}

bool StreamAnswer::send(bool last) {
    report_violations(filter_, endpoint_);
    if (out_.empty() && !last) return true;
    if (context_.record.first_output.count() == 0 && account().any_output()) {
        context_.record.first_output = context_.elapsed();
    }
    if (context_.capture.wanted()) {
        for (const std::string_view piece : out_)
            context_.capture.append(piece);
    }
    return context_.client.write(out_, last);
}

net::Task<bool> StreamAnswer::flush() {
    co_return co_await context_.client.flush();
}

net::Task<dialect::Failure> StreamAnswer::finish() {
    if (adapted_ != nullptr) {
        translated_.clear();
        failure_ = adapted_->finish(translated_);
        filter_translated();
        if (failure_.has_value()) {
            send(false);  // what the last event still brought
            co_return failure_;
        }
        note_usage(true);
        co_await secure_record(&context_, out_);
        send(true);
        const bool sent = co_await context_.client.flush();
        if (!sent) context_.record.cause = EndCause::kClientGone;
        co_return std::nullopt;
    }
    out_.clear();
    if (!filter_.finish(out_)) {
        report_violations(filter_, endpoint_);
        if (filter_.failure().has_value()) co_return filter_.failure();
        co_return dialect::provider_error(502,
                                          "the upstream ended the stream before it was complete");
    }
    note_usage(!filter_.upstream_error());
    if (filter_.upstream_error()) context_.record.cause = EndCause::kUpstreamFailed;
    co_await secure_record(&context_, out_);
    send(true);
    const bool sent = co_await context_.client.flush();
    if (!sent && !filter_.upstream_error()) context_.record.cause = EndCause::kClientGone;
    co_return std::nullopt;
}

// A client may well hang up as soon as it reads that the upstream failed.
void StreamAnswer::abandon() {
    note_usage(false);
    if (filter_.upstream_error()) context_.record.cause = EndCause::kUpstreamFailed;
}

net::Task<void> StreamAnswer::fail(dialect::ApiError error) {
    note_usage(false);
    if (context_.record.cause == EndCause::kCompleted) {
        context_.record.cause = EndCause::kUpstreamFailed;
    }
    std::string event;
    if (adapted_ != nullptr) {
        adapted_->fail(error, event);
    } else {
        event = filter_.error_event(error);
    }
    context_.error = std::move(error);
    const std::string_view piece = event;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await secure_record(&context_, pieces);
    context_.client.write(pieces, false);
    co_await context_.client.break_off();
}

// A stream that was cut off before its usage came is counted by what went by: about one token an
// event, and the prompt by its size.
void StreamAnswer::note_usage(bool whole) {
    const dialect::StreamFilter& passed = account();
    context_.record.usage = passed.usage();
    context_.record.answer_model = passed.model();
    context_.record.answer_id = passed.id();
    const bool counted = passed.usage().present && !passed.only_prompt_counted();
    if (whole || counted || !passed.any_output()) return;
    dialect::TokenUsage& usage = context_.record.usage;
    if (!usage.present) {
        usage.prompt = static_cast<std::int64_t>(context_.client.body_bytes() / kBytesPerToken);
    }
    usage.completion = static_cast<std::int64_t>(passed.events());
    usage.total = usage.prompt + usage.completion;
    usage.present = true;
    context_.record.usage_estimated = true;
}

}  // namespace gomodel::gateway
