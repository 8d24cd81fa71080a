#include "gateway/plugin_exchange.hpp"

#include <array>
#include <vector>

#include "gateway/request_context.hpp"

namespace gomodel::gateway {
namespace {

using plugin::Function;
using plugin::Rule;
using plugin::to_abi;

constexpr std::array<char, 256> make_lower() {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c)
        table[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return table;
}
constexpr std::array<char, 256> kLower = make_lower();

}  // namespace

base::Result<PluginExchange> PluginExchange::open(const Provider& provider,
                                                  const plugin::Call& call, const gm_op_t& op,
                                                  LoopServices& services, PluginTimes* times) {
    plugin::require_thread(plugin::ThreadTag::kStream, "open()");
    CallTimer timer(provider, services, times);
    void* exchange = nullptr;
    const gm_status_t status = timer.time(Function::kOpen, [&] {
        return plugin::guarded(timer.account(), call, [&] {
            return provider.instance->provider().open(provider.instance->self(), call.get(), &op,
                                                      &exchange);
        });
    });
    if (status != GM_OK) return call.error(status, provider.name);
    if (exchange == nullptr) {
        timer.account().misbehaved(Rule::kNoExchange);
        return base::Error{base::Code::kInternal,
                           provider.name + ": the plugin opened no exchange"};
    }
    return PluginExchange(provider, exchange, timer);
}

PluginExchange::PluginExchange(PluginExchange&& other) noexcept
    : provider_(other.provider_),
      exchange_(std::exchange(other.exchange_, nullptr)),
      timer_(other.timer_),
      outputs_(timer_.account()) {}

PluginExchange::~PluginExchange() {
    close();
}

void PluginExchange::close() {
    if (exchange_ == nullptr) return;
    plugin::require_thread(plugin::ThreadTag::kStream, "close()");
    const plugin::OneAtATime::Use use(calls_, "close()");
    timer_.time(Function::kClose, [this] {
        plugin::guarded(timer_.account(),
                        [this] { table().close(std::exchange(exchange_, nullptr)); });
        return GM_OK;
    });
}

base::Status PluginExchange::explain(const plugin::Call& call, gm_status_t status) const {
    return call.status(status, provider_->name);
}

base::Error PluginExchange::note(Rule rule, std::string_view what) const {
    timer_.account().misbehaved(rule);
    return {base::Code::kInternal, provider_->name + ": the plugin " + std::string(what)};
}

base::Result<Step> PluginExchange::next(const plugin::Call& call, UpstreamRequest& request) {
    plugin::require_thread(plugin::ThreadTag::kStream, "next()");
    const plugin::OneAtATime::Use use(calls_, "next()");
    std::uint32_t step = GM_STEP_DONE;
    const auto ask = [&] {
        return outputs_.describe(request, [&](const gm_http_out_t* out) {
            return plugin::guarded(timer_.account(), call,
                                   [&] { return table().next(exchange_, call.get(), out, &step); });
        });
    };
    const gm_status_t status = std::exchange(opened_now_, false)
                                   ? timer_.time_next(Function::kNext, ask)
                                   : timer_.time(Function::kNext, ask);
    if (status != GM_OK) return call.error(status, provider_->name);
    if (step > GM_STEP_LOCAL) return note(Rule::kUnknownStep, "asked for an unknown step");
    if (request.malformed) return note(Rule::kMalformedRequest, "described a malformed request");
    return static_cast<Step>(step);
}

base::Result<Framing> PluginExchange::head(const plugin::Call& call, int http_status,
                                           const net::HeaderFields& fields) {
    std::vector<gm_pair_t> pairs;
    pairs.reserve(fields.size());
    std::size_t size = 0;
    for (const net::HeaderField& field : fields)
        size += field.name.size();
    std::string names(size, '\0');  // in lower case, one after another
    char* at = names.data();
    for (const net::HeaderField& field : fields) {
        const std::string_view name(at, field.name.size());
        for (const char c : field.name)
            *at++ = kLower[static_cast<unsigned char>(c)];
        pairs.push_back({to_abi(name), to_abi(field.value)});
    }
    std::uint32_t framing = GM_FRAME_RAW;
    plugin::require_thread(plugin::ThreadTag::kStream, "head()");
    const plugin::OneAtATime::Use use(calls_, "head()");
    const gm_status_t status = timer_.time(Function::kHead, [&] {
        return plugin::guarded(timer_.account(), call, [&] {
            return table().head(exchange_, call.get(), static_cast<std::uint32_t>(http_status),
                                pairs.data(), static_cast<std::uint32_t>(pairs.size()), &framing);
        });
    });
    if (status != GM_OK) return call.error(status, provider_->name);
    if (framing > GM_FRAME_ERROR)
        return note(Rule::kUnknownFraming, "asked for an unknown framing");
    return static_cast<Framing>(framing);
}

template <typename Body>
base::Status PluginExchange::write(Function function, std::string_view name,
                                   const plugin::Call& call, const gm_sink_t& out, Body&& body) {
    plugin::require_thread(plugin::ThreadTag::kStream, name);
    const plugin::OneAtATime::Use use(calls_, name);
    const gm_status_t status = timer_.time(function, [&] {
        return outputs_.write_into(out, [&](const gm_sink_t* sink) {
            return plugin::guarded(timer_.account(), call, [&] { return body(sink); });
        });
    });
    return explain(call, status);
}

base::Status PluginExchange::feed(const plugin::Call& call, std::string_view event,
                                  std::string_view data, const gm_sink_t& out) {
    return write(Function::kFeed, "feed()", call, out, [&](const gm_sink_t* sink) {
        return table().feed(exchange_, call.get(), to_abi(event), to_abi(data), sink);
    });
}

base::Status PluginExchange::end(const plugin::Call& call, const gm_sink_t& out) {
    return write(Function::kEnd, "end()", call, out,
                 [&](const gm_sink_t* sink) { return table().end(exchange_, call.get(), sink); });
}

}  // namespace gomodel::gateway
