// What one guardrail is asked about one request: opens a watch, shows it the messages, closes it.
// run() goes on the loop or on a worker, as the guardrail needs it; everything else on the loop.
#pragma once

#include <gomodel/abi.h>

#include <string>
#include <string_view>
#include <vector>

#include "gateway/guard/guardrail.hpp"
#include "plugin/call.hpp"
#include "plugin/conduct.hpp"

namespace gomodel::gateway::guard {

class Inquiry {
public:
    // How long a guardrail that blocks may take.
    static constexpr base::Duration kLimit = std::chrono::seconds(30);

    enum class Outcome { kPassed, kRewritten, kBlocked, kFailed };
    struct TimedCall {
        plugin::Function function;
        base::Duration took;
        base::SteadyTime ended;
    };

    // Everything must outlive it.
    Inquiry(const Guardrail& guardrail, const base::Clock& clock, std::string_view request_id,
            const gm_op_t& op, std::string_view messages);
    Inquiry(const Inquiry&) = delete;
    Inquiry& operator=(const Inquiry&) = delete;

    // Asks. Once.
    void run();

    Outcome outcome() const { return outcome_; }
    // Of kRewritten: the new messages.
    std::string take_messages() { return std::move(written_); }
    // Of kBlocked: the plugin's reason, which may be empty. Of kFailed: what went wrong.
    const std::string& reason() const { return reason_; }
    const std::vector<TimedCall>& calls() const { return calls_; }

private:
    template <typename Call>
    gm_status_t time(plugin::Function function, Call&& call);
    bool open();
    void ask();
    void judge(std::uint32_t verdict, const plugin::Call& call);
    void close();
    void fail(std::string why);
    void fail(plugin::Rule rule, std::string why);
    static gm_status_t write(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes);

    const Guardrail& guardrail_;
    const gm_guardrail_t& table_;
    const base::Clock& clock_;
    const std::string_view request_id_;
    const gm_op_t& op_;
    const std::string_view messages_;
    const base::SteadyTime deadline_;
    const gm_sink_t sink_{sizeof(gm_sink_t), this, &write};
    plugin::WriteWindow writing_;
    void* watch_ = nullptr;
    bool wrote_ = false;
    std::string written_;
    std::string reason_;
    Outcome outcome_ = Outcome::kPassed;
    std::vector<TimedCall> calls_;
};

}  // namespace gomodel::gateway::guard
