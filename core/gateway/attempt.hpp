// One try to have a provider answer a client's request: drives the plugin's exchange, talks to the
// upstream, hands what comes to the client. Loop thread.
#pragma once

#include <memory>
#include <optional>

#include "gateway/client_answer.hpp"
#include "gateway/plugin_exchange.hpp"
#include "gateway/retry.hpp"

namespace gomodel::gateway {

// What to ask for. Views must outlive the attempt.
struct Operation {
    dialect::Endpoint endpoint = dialect::Endpoint::kChat;
    std::uint32_t kind = GM_CAN_CHAT;
    std::string_view action = {};  // within the kind
    std::string_view path;         // "/chat/completions": the metrics' name for it
    bool stream = false;
    bool usage_asked = false;     // of the stream's upstream, by the client or by us
    bool withhold_usage = false;  // the client did not ask for the usage chunk
    net::Buffer* body = nullptr;  // released once the client is answered: streams hold no prompt
    net::Buffer* original = nullptr;  // what the client sent, for other targets; released as well
    const Model* model = nullptr;
    const Provider* provider = nullptr;  // the model's, or a new build in its place
    // Translates the upstream's chat completion for a client of another dialect. Null: none needed.
    dialect::Adapter* adapter = nullptr;
};

// A logical call to an upstream as the recorder sees it: however many tries there are, it begins
// and ends once.
class ReportedCall {
public:
    ReportedCall(Recorder& recorder, const UpstreamCall& call) : recorder_(recorder), call_(call) {}

    void began(base::SteadyTime now);
    // Of a call that has begun and not ended.
    void ended(int status, base::SteadyTime now);

private:
    enum class State : std::uint8_t { kNew, kRunning, kEnded };

    Recorder& recorder_;
    const UpstreamCall call_;
    State state_ = State::kNew;
    base::SteadyTime began_{};
};

class Attempt {
public:
    Attempt(RequestContext& context, const Operation& operation, ReportedCall& reported);

    // Runs to the end. An error: the client has been sent nothing, and may be answered otherwise.
    net::Task<dialect::Failure> run();
    // Why run() returned an error, and what the upstream said of another try.
    const Failed& failed() const { return failed_; }

private:
    using Failure = dialect::Failure;
    enum class Next { kAgain, kDone };

    net::Task<Failure> steps(PluginExchange* exchange, base::Result<Step> step,
                             UpstreamRequest* request);
    net::Task<Failure> send(PluginExchange* exchange, const UpstreamRequest* request, Next* next);
    net::Task<Failure> relay(net::ClientExchange* upstream);
    net::Task<Failure> relay_body(net::ClientExchange* upstream);
    net::Task<Failure> translate_body(net::ClientExchange* upstream);
    net::Task<Failure> pump_body(net::ClientExchange* upstream, BodyAnswer* answer);
    net::Task<Failure> relay_stream(net::ClientExchange* upstream);
    net::Task<Failure> feed_upstream(PluginExchange* exchange, net::ClientExchange* upstream,
                                     bool events);
    net::Task<Failure> read_error(net::ClientExchange* upstream);
    net::Task<Failure> deliver();
    net::Task<Failure> finish();
    net::Task<Failure> end_stream(dialect::ApiError error);
    Failure stalled(net::Wake wake);
    Failure cut_off(const net::ClientExchange& upstream);
    Failure not_sent(const base::Error& error);
    Failure ours(const base::Error& error);
    void note_status(const net::ClientExchange& upstream);
    void answering();
    StreamAnswer& stream();  // made when it is first needed
    bool streams() const { return stream_ != nullptr && stream_->begun(); }

    base::SteadyTime body_deadline() const;
    base::SteadyTime event_deadline() const;
    std::vector<gm_pair_t> let_through() const;
    static gm_status_t collect(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes);

    RequestContext& context_;
    const Operation& operation_;
    const config::Http& limits_;
    const plugin::Call call_;
    ReportedCall& reported_;
    Failed failed_;
    base::SteadyTime began_{};
    std::unique_ptr<StreamAnswer> stream_;  // null: no part of one has come
    // What the plugin has written and the client has not been given yet.
    gm_sink_t sink_;
    std::string body_;
    std::vector<std::string> chunks_;
    Failure plugin_error_;
    int upstream_status_ = 0;
    const net::HeaderFields no_fields_;
};

}  // namespace gomodel::gateway
