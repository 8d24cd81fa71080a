#include "gateway/guard/inquiry.hpp"

#include <exception>
#include <optional>
#include <utility>

#include "dialect/guarded/guarded_request.hpp"
#include "plugin/thread_check.hpp"

namespace gomodel::gateway::guard {

using plugin::Function;
using plugin::Rule;

Inquiry::Inquiry(const Guardrail& guardrail, const base::Clock& clock, std::string_view request_id,
                 const gm_op_t& op, std::string_view messages)
    : guardrail_(guardrail),
      table_(guardrail.instance->guardrail()),
      clock_(clock),
      request_id_(request_id),
      op_(op),
      messages_(messages),
      deadline_(clock.steady() + kLimit) {
    calls_.reserve(3);
}

void Inquiry::run() {
    const bool blocks = guardrail_.blocks();
    plugin::require_thread(blocks ? plugin::ThreadTag::kWorker : plugin::ThreadTag::kStream,
                           "a guardrail's function");
    std::optional<plugin::BlockingCall> blocking;
    if (blocks) blocking.emplace(*guardrail_.account, deadline_);
    if (!open()) return;
    try {
        ask();
    } catch (const std::exception& error) {  // out of memory: the watch is closed all the same
        fail(error.what());
    }
    close();
}

template <typename Call>
gm_status_t Inquiry::time(Function function, Call&& call) {
    const base::SteadyTime began = clock_.steady();
    const gm_status_t status = call();
    const base::SteadyTime ended = clock_.steady();
    calls_.push_back({function, ended - began, ended});
    return status;
}

// False: there is nothing to ask.
bool Inquiry::open() {
    const plugin::Call call(request_id_, deadline_);
    const gm_status_t status = time(Function::kOpen, [&] {
        return plugin::guarded(*guardrail_.account, call, [&] {
            return table_.open(guardrail_.instance->self(), call.get(), &op_, &watch_);
        });
    });
    if (status == GM_UNSUPPORTED) return false;  // nothing of this request is of interest to it
    if (status != GM_OK) {
        fail(call.error(status, "open").message);
        return false;
    }
    if (watch_ == nullptr) fail(Rule::kNoExchange, "open returned no watch");
    return watch_ != nullptr;
}

void Inquiry::ask() {
    const plugin::Call call(request_id_, deadline_);
    std::uint32_t verdict = GM_PASS;
    const gm_status_t status = time(Function::kRequest, [&] {
        const plugin::WriteWindow::Open window(writing_);
        return plugin::guarded(*guardrail_.account, call, [&] {
            return table_.request(watch_, call.get(), plugin::to_abi(messages_), &sink_, &verdict);
        });
    });
    if (status != GM_OK) return fail(call.error(status, "request").message);
    judge(verdict, call);
}

void Inquiry::judge(std::uint32_t verdict, const plugin::Call& call) {
    switch (verdict) {
        case GM_PASS:
            return;
        case GM_BLOCK:
            outcome_ = Outcome::kBlocked;
            reason_ = call.explanation();
            return;
        case GM_REWRITE: {
            std::string fault = wrote_ ? dialect::guarded::fault_of(written_) : "was not written";
            if (fault.empty()) {
                outcome_ = Outcome::kRewritten;
            } else {
                fail(Rule::kMalformedMessages, "the rewritten list of messages " + fault);
            }
            return;
        }
        default:
            fail(Rule::kUnknownVerdict, "gave the verdict " + std::to_string(verdict) +
                                            ", which there is not for requests");
    }
}

void Inquiry::close() {
    time(Function::kClose, [&] {
        plugin::guarded(*guardrail_.account, [&] { table_.close(std::exchange(watch_, nullptr)); });
        return GM_OK;
    });
}

void Inquiry::fail(std::string why) {
    outcome_ = Outcome::kFailed;
    reason_ = std::move(why);
}

void Inquiry::fail(Rule rule, std::string why) {
    guardrail_.account->misbehaved(rule);
    fail(std::move(why));
}

gm_status_t Inquiry::write(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes) {
    Inquiry& self = *static_cast<Inquiry*>(sink->host_data);
    if (!self.writing_.admits(*self.guardrail_.account)) return GM_INVALID;
    if (kind != 0) {
        self.guardrail_.account->misbehaved(Rule::kUnknownOutput);
        return GM_INVALID;
    }
    try {
        self.written_ += plugin::from_abi(bytes);
    } catch (const std::exception&) {  // too large: no exception crosses the ABI
        return GM_EXHAUSTED;
    }
    self.wrote_ = true;
    return GM_OK;
}

}  // namespace gomodel::gateway::guard
