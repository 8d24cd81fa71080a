#include "gateway/note_request.hpp"

namespace gomodel::gateway {
namespace {

// Suspends until the record is safe, however long that takes.
class Secured {
public:
    explicit Secured(RequestContext& context) : context_(context) {}
    Secured(const Secured&) = delete;
    Secured& operator=(const Secured&) = delete;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
        resumption_.handle = handle;
        context_.services.recorder.secure(context_.record,
                                          [this] { context_.services.loop.resume(resumption_); });
    }
    void await_resume() const { context_.record.secured = true; }

private:
    RequestContext& context_;
    net::Resumption resumption_;
};

}  // namespace

void note_request(RequestContext& context) {
    const net::ServerExchange& exchange = context.client;
    RequestRecord& record = context.record;
    record.id = context.id;
    record.request_id = context.request_id;
    record.method = exchange.method();
    record.uri = exchange.target();
    record.path = context.path;
    record.host = exchange.header("host");
    record.user_agent = exchange.header("user-agent");
    record.remote_ip = exchange.peer_address();
    const Principal& principal = context.principal;
    record.auth_method = to_string(principal.method);
    record.auth_key_id = principal.key == nullptr ? std::string_view() : principal.key->id;
    record.refused_because = context.refused_because;
    record.user_path = context.user_path;
    record.requested_model = context.requested_model;
    record.usage_tracked = context.generation->settings.usage.enabled;
    if (exchange.started()) record.status = exchange.status();
    record.bytes_out = exchange.bytes_sent();
    if (context.error.has_value()) {
        record.error_type = context.error->type;
        record.error_message = context.error->message;
        if (context.error->code.has_value()) record.error_code = *context.error->code;
    }
    record.exchange = context.copy.get();
    record.redact = &context.generation->settings.logging.redact;
    if (context.controls != nullptr) record.prices = context.controls->prices;
    record.total = context.elapsed();
    // Right after: a pause in between would move the beginning.
    if (context.copy != nullptr) record.began = context.services.loop.clock().wall() - record.total;
}

void settle_limits(RequestContext& context) {
    if (context.reservation.empty()) return;
    note_request(context);
    context.record.settled_at = context.services.loop.clock().wall();
    context.services.recorder.settle(context.record);
    context.reservation.free_slots();
}

net::Task<void> secure_record(RequestContext* context, std::span<const std::string_view> rest) {
    settle_limits(*context);
    if (!context->services.recorder.secures() || context->record.secured) co_return;
    note_request(*context);
    if (!context->record.wants_usage_row() && !context->record.wants_audit_entry()) co_return;
    if (context->copy != nullptr) {  // as if the rest had been sent: it will be
        context->client.copy_to(nullptr);
        for (const std::string_view piece : rest)
            context->copy->sent(piece);
    }
    co_await Secured(*context);
}

}  // namespace gomodel::gateway
