#include "gateway/provider_call.hpp"

#include <algorithm>

namespace gomodel::gateway {
namespace {

using dialect::Failure;

dialect::ApiError refused(base::Duration wait) {
    dialect::ApiError error =
        dialect::provider_error(503, "circuit breaker is open - provider temporarily unavailable");
    error.code = "circuit_breaker_open";
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    error.retry_after = std::to_string(std::max<std::int64_t>(seconds, 1));
    return error;
}

// What the last try says of the provider's health.
CallOutcome outcome(const RequestContext& context, bool answered, const Failed& failed) {
    switch (context.record.cause) {
        case EndCause::kClientGone:
        case EndCause::kAborted:
            return CallOutcome::kAbandoned;
        case EndCause::kUpstreamFailed:
        case EndCause::kUpstreamStalled:
            return CallOutcome::kFailure;
        case EndCause::kCompleted:
            break;
    }
    if (answered) return CallOutcome::kSuccess;
    switch (failed.trouble) {
        case Trouble::kConnection:
        case Trouble::kTimeout:
            return CallOutcome::kFailure;
        case Trouble::kStatus:
            if (failed.status == 429) return CallOutcome::kBusy;
            return failed.status >= 500 || passes_by(failed.status) ? CallOutcome::kFailure
                                                                    : CallOutcome::kSuccess;
        case Trouble::kOurs:
        case Trouble::kClientGone:
            return CallOutcome::kAbandoned;
        case Trouble::kNone:
        case Trouble::kBadAnswer:
            break;
    }
    return CallOutcome::kSuccess;
}

// How long the provider took to answer the call that began then, or to fail.
base::Duration until_head(const RequestContext& context, base::SteadyTime began) {
    const base::SteadyTime head = context.started + context.record.upstream_head;
    return head > began ? head - began : context.services.loop.clock().steady() - began;
}

}  // namespace

net::Task<Failure> call_provider(RequestContext* context, const Operation* operation) {
    net::Loop& loop = context->services.loop;
    const Provider& provider = *operation->provider;
    CircuitBreaker::Ticket ticket = provider.breaker->admit(loop.now());
    if (!ticket.admitted()) co_return refused(ticket.retry_after());
    const base::SteadyTime began = loop.clock().steady();
    ReportedCall reported(context->services.recorder,
                          {&provider, operation->model->id, operation->path, operation->stream});
    Failure failure;
    Failed failed;
    for (int retry = 1;; ++retry) {
        ++context->record.attempts;
        Attempt attempt(*context, *operation, reported);
        failure = co_await attempt.run();
        failed = attempt.failed();
        if (!failure.has_value() || ticket.probe()) break;
        const std::optional<base::Duration> wait =
            wait_before(provider.resilience.retry, retry, failed, context->services.random);
        if (!wait.has_value()) break;
        const net::Wake wake =
            co_await net::Sleep(loop, loop.now() + *wait, &context->client.client_gone());
        if (wake == net::Wake::kCancelled) {
            context->record.cause = EndCause::kClientGone;
            failure = dialect::from_base({base::Code::kCancelled, {}});
            break;
        }
    }
    reported.ended(failed.status, loop.clock().steady());
    const CallOutcome ended = outcome(*context, !failure.has_value(), failed);
    ticket.finish(ended, loop.now());
    provider.recent->note(loop.now(), ended, until_head(*context, began));
    if (failure.has_value()) provider.hidden.hide(failure->message);
    co_return failure;
}

}  // namespace gomodel::gateway
