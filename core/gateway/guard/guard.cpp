#include "gateway/guard/guard.hpp"

#include <algorithm>

#include "dialect/guarded/guarded_request.hpp"
#include "gateway/guard/inquiry.hpp"
#include "net/worker_pool.hpp"

namespace gomodel::gateway::guard {
namespace {

using dialect::Failure;

dialect::ApiError blocked(const Guardrail& guardrail, const std::string& reason) {
    dialect::ApiError error = dialect::invalid_request(
        reason.empty() ? "the request was blocked by the guardrail " + guardrail.name : reason);
    error.code = "guardrail_blocked";
    return error;
}

class Passage {
public:
    Passage(RequestContext& context, GuardedBody& body) : context_(context), body_(body) {
        op_.size = sizeof op_;
        op_.kind = body.kind;
        op_.stream = body.stream;
        op_.model = plugin::to_abi(body.model);
        op_.body = plugin::to_abi(body.bytes->view());
        op_.content_type = plugin::to_abi("application/json");
    }

    net::Task<Failure> run() {
        for (const auto& guardrail : context_.generation->guardrails) {
            if (left_out(*guardrail)) continue;
            Failure failure = messages_.empty() ? read_messages() : std::nullopt;
            if (!failure.has_value()) failure = co_await ask(guardrail.get());
            if (failure.has_value()) co_return failure;
        }
        co_return write_back();
    }

private:
    Failure read_messages() {
        auto messages = dialect::guarded::messages_in(body_.endpoint, body_.bytes->view());
        if (auto* const error = std::get_if<dialect::ApiError>(&messages)) {
            return std::move(*error);
        }
        messages_ = std::move(std::get<std::string>(messages));
        return std::nullopt;
    }

    bool left_out(const Guardrail& guardrail) {
        const base::SteadyTime now = context_.services.loop.clock().steady();
        if (!guardrail.budget.bypass || guardrail.account->bypass().may_call(now)) return false;
        guardrail.account->left_out();
        return true;
    }

    net::Task<Failure> ask(const Guardrail* guardrail) {
        LoopServices& services = context_.services;
        Inquiry inquiry(*guardrail, services.loop.clock(), context_.request_id, op_, messages_);
        if (guardrail->blocks()) {
            const std::function<void()> work = [&inquiry] { inquiry.run(); };
            co_await net::OnWorker(*services.workers, services.loop, work);
        } else {
            inquiry.run();
        }
        note_times(*guardrail, inquiry);
        switch (inquiry.outcome()) {
            case Inquiry::Outcome::kPassed:
                break;
            case Inquiry::Outcome::kRewritten:
                messages_ = inquiry.take_messages();
                rewritten_by_ = guardrail;
                break;
            case Inquiry::Outcome::kBlocked:
                co_return blocked(*guardrail, inquiry.reason());
            case Inquiry::Outcome::kFailed:
                co_return failed(*guardrail, inquiry.reason());
        }
        co_return std::nullopt;
    }

    void note_times(const Guardrail& guardrail, const Inquiry& inquiry) {
        plugin::Account& account = *guardrail.account;
        base::Duration& spent = context_.plugin_times.of(account.plugin());
        for (const Inquiry::TimedCall& call : inquiry.calls()) {
            account.called(context_.services.number, call.function, call.took);
            spent += call.took;
        }
        if (guardrail.budget.limit.count() > 0) hold_to_budget(guardrail, inquiry.calls());
    }

    // The slowest call of a watch speaks for it: a quick open() says nothing of what follows.
    void hold_to_budget(const Guardrail& guardrail, const std::vector<Inquiry::TimedCall>& calls) {
        plugin::Account& account = *guardrail.account;
        const base::Duration limit = guardrail.budget.limit;
        const PluginBreach breach{&account, guardrail.name, limit};
        for (const Inquiry::TimedCall& call : calls) {
            if (call.took <= limit) continue;
            const auto warning = account.over_budget(call.ended, call.function, call.took);
            if (warning.has_value()) context_.services.recorder.over_budget(breach, *warning);
        }
        if (!guardrail.budget.bypass || calls.empty()) return;
        const auto slowest =
            std::max_element(calls.begin(), calls.end(),
                             [](const auto& a, const auto& b) { return a.took < b.took; });
        const plugin::BypassChange change =
            account.bypass().called(slowest->ended, slowest->took, limit);
        if (change == plugin::BypassChange::kNone) return;
        context_.services.recorder.bypass_changed(breach, change);
    }

    Failure failed(const Guardrail& guardrail, std::string_view why) {
        context_.services.recorder.plugin_failed(guardrail.account->plugin(), guardrail.name,
                                                 context_.request_id, why);
        return dialect::internal_error();
    }

    Failure write_back() {
        if (rewritten_by_ == nullptr) return std::nullopt;
        auto edits = dialect::guarded::edits_for(body_.endpoint, body_.bytes->view(), messages_);
        if (auto* const error = std::get_if<dialect::ApiError>(&edits)) {
            context_.services.recorder.plugin_failed(rewritten_by_->account->plugin(),
                                                     rewritten_by_->name, context_.request_id,
                                                     error->message);
            return std::move(*error);
        }
        auto& found = std::get<std::vector<dialect::Edit>>(edits);
        if (found.empty()) return std::nullopt;
        dialect::apply(*body_.bytes, std::move(found));
        return read_again();
    }

    // What was a request before is none only if a guardrail has written what cannot be in one.
    Failure read_again() {
        auto read = context_.services.reader.read(body_.endpoint, body_.bytes->view());
        if (const auto* const error = std::get_if<dialect::ApiError>(&read)) {
            rewritten_by_->account->misbehaved(plugin::Rule::kMalformedMessages);
            return failed(*rewritten_by_, error->message);
        }
        body_.changed = std::move(std::get<dialect::Request>(read));
        return std::nullopt;
    }

    RequestContext& context_;
    GuardedBody& body_;
    gm_op_t op_{};
    std::string messages_;                     // JSON; empty: not read yet
    const Guardrail* rewritten_by_ = nullptr;  // the last one that has changed anything
};

}  // namespace

bool has_guardrails(const RequestContext& context, dialect::Endpoint endpoint) {
    return !context.generation->guardrails.empty() && dialect::guarded::is_guarded(endpoint);
}

net::Task<Failure> ask_guardrails(RequestContext* context, GuardedBody* body) {
    Passage passage(*context, *body);
    co_return co_await passage.run();
}

}  // namespace gomodel::gateway::guard
