// The host's side of one gm_provider_t exchange: opens it, asks it for the next step, closes it
// whatever happens. Loop thread.
#pragma once

#include <gomodel/abi.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "gateway/call_timer.hpp"
#include "gateway/plugin_outputs.hpp"
#include "net/http_message.hpp"
#include "plugin/call.hpp"
#include "plugin/thread_check.hpp"

namespace gomodel::gateway {

enum class Step : std::uint8_t {
    kSend = GM_STEP_SEND,
    kDone = GM_STEP_DONE,
    kLocal = GM_STEP_LOCAL
};
enum class Framing : std::uint8_t {
    kRaw = GM_FRAME_RAW,
    kSse = GM_FRAME_SSE,
    kRelay = GM_FRAME_RELAY,
    kError = GM_FRAME_ERROR,
};

class PluginExchange {
public:
    // The time the plugin takes is counted for its provider and, unless null, for the request.
    static base::Result<PluginExchange> open(const Provider& provider, const plugin::Call& call,
                                             const gm_op_t& op, LoopServices& services,
                                             PluginTimes* times = nullptr);
    PluginExchange(PluginExchange&& other) noexcept;
    PluginExchange& operator=(PluginExchange&&) = delete;
    ~PluginExchange();

    // The first one is expected right after open().
    base::Result<Step> next(const plugin::Call& call, UpstreamRequest& request);
    base::Result<Framing> head(const plugin::Call& call, int status,
                               const net::HeaderFields& fields);
    base::Status feed(const plugin::Call& call, std::string_view event, std::string_view data,
                      const gm_sink_t& out);
    base::Status end(const plugin::Call& call, const gm_sink_t& out);
    // Nothing else may be called after it. The destructor does it too.
    void close();

    // The clock was read then: nearby events need not read it again.
    base::SteadyTime last_call_began() const { return timer_.began(); }
    base::SteadyTime last_call_ended() const { return timer_.ended(); }

private:
    PluginExchange(const Provider& provider, void* exchange, const CallTimer& timer)
        : provider_(&provider), exchange_(exchange), timer_(timer), outputs_(timer_.account()) {}
    const gm_provider_t& table() const { return provider_->instance->provider(); }
    base::Status explain(const plugin::Call& call, gm_status_t status) const;
    base::Error note(plugin::Rule rule, std::string_view what) const;
    template <typename Body>
    base::Status write(plugin::Function function, std::string_view name, const plugin::Call& call,
                       const gm_sink_t& out, Body&& body);

    const Provider* provider_;
    void* exchange_;
    CallTimer timer_;
    PluginOutputs outputs_;
    plugin::OneAtATime calls_;
    bool opened_now_ = true;  // nothing has been called since
};

}  // namespace gomodel::gateway
