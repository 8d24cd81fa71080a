#include "admin/runtime.hpp"

#include "admin/answer.hpp"
#include "admin/runtime_json.hpp"
#include "gateway/client_answer.hpp"

namespace gomodel::admin {
namespace {

// What the control thread hands to a waiting request, if that is still there. Loop thread only.
struct Mailbox {
    net::Waiter* waiter = nullptr;
    gateway::Refresher::Report report;
};

// Suspends until a refresh is done, or the client is gone (a null report).
class Refreshed {
public:
    Refreshed(gateway::RequestContext& context, gateway::Refresher& refresher)
        : context_(context),
          refresher_(refresher),
          waiter_(context.services.loop, net::kNever, &context.client.client_gone()) {}

    bool await_ready() { return waiter_.already_cancelled(); }
    void await_suspend(std::coroutine_handle<> handle) {
        waiter_.suspend(handle, &mailbox_->waiter);
        refresher_.request(std::string(gateway::kAdminTrigger),
                           [mailbox = mailbox_,
                            &loop = context_.services.loop](gateway::Refresher::Report report) {
                               loop.post([mailbox, report] { deliver(*mailbox, report); });
                           });
    }
    gateway::Refresher::Report await_resume() const { return mailbox_->report; }

private:
    static void deliver(Mailbox& mailbox, gateway::Refresher::Report report) {
        if (mailbox.waiter == nullptr) return;
        mailbox.report = std::move(report);
        mailbox.waiter->complete(net::Wake::kReady);
    }

    gateway::RequestContext& context_;
    gateway::Refresher& refresher_;
    const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
    net::Waiter waiter_;
};

}  // namespace

net::Task<void> serve_refresh(gateway::RequestContext* context, Runtime runtime) {
    const gateway::Refresher::Report report = co_await Refreshed(*context, *runtime.refresher);
    if (report == nullptr) {
        context->record.cause = gateway::EndCause::kClientGone;
        co_await gateway::answer_error(context, request_canceled());
        co_return;
    }
    const std::string body = refresh_json(*report);
    co_await gateway::answer_json(context, body);
}

net::Task<void> serve_generations(gateway::RequestContext* context, Runtime runtime) {
    const std::string body = generations_json(runtime.generations->live());
    co_await gateway::answer_json(context, body);
}

}  // namespace gomodel::admin
