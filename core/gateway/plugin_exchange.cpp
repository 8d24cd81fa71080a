#include "gateway/plugin_exchange.hpp"

#include <array>
#include <cstring>
#include <vector>

#include "base/text.hpp"
#include "gateway/request_context.hpp"

namespace gomodel::gateway {
namespace {

using plugin::from_abi;
using plugin::Function;
using plugin::to_abi;

constexpr std::size_t kUsualHeaders = 500;  // bytes

constexpr std::array<char, 256> make_lower() {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c)
        table[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return table;
}
constexpr std::array<char, 256> kLower = make_lower();

UpstreamRequest& request_of(const gm_http_out_t* out) {
    return *static_cast<UpstreamRequest*>(out->host_data);
}

bool has(std::string_view text, char c) {
    return !text.empty() && std::memchr(text.data(), c, text.size()) != nullptr;
}

bool safe(std::string_view text) {
    return !has(text, '\r') && !has(text, '\n') && !has(text, '\0');
}

void on_target(const gm_http_out_t* out, gm_str_t method, gm_str_t url) {
    UpstreamRequest& request = request_of(out);
    request.method = from_abi(method);
    request.url = from_abi(url);
    if (!safe(request.method) || !safe(request.url)) request.malformed = true;
}

// Takes the line of this name out, if there is one.
void erase_header(std::string& headers, std::string_view name) {
    for (std::size_t at = 0; at < headers.size();) {
        const std::size_t end = headers.find('\n', at) + 1;
        const std::string_view line = std::string_view(headers).substr(at, end - at);
        if (line.size() > name.size() && line[name.size()] == ':' &&
            base::iequals(line.substr(0, name.size()), name)) {
            headers.erase(at, end - at);
            return;
        }
        at = end;
    }
}

void on_header(const gm_http_out_t* out, gm_str_t name, gm_str_t value) {
    UpstreamRequest& request = request_of(out);
    const std::string_view key = from_abi(name);
    const std::string_view text = from_abi(value);
    if (!safe(key) || !safe(text) || key.empty()) {
        request.malformed = true;
        return;
    }
    if (request.headers.empty()) request.headers.reserve(kUsualHeaders);
    erase_header(request.headers, key);
    request.headers.append(key).append(": ").append(text).append("\r\n");
}

void on_body(const gm_http_out_t* out, gm_str_t bytes) {
    UpstreamRequest& request = request_of(out);
    request.body.append(from_abi(bytes));
    if (request.forward_body) request.malformed = true;
}

void on_forward_body(const gm_http_out_t* out) {
    UpstreamRequest& request = request_of(out);
    request.forward_body = true;
    if (!request.body.empty()) request.malformed = true;
}

void on_delay(const gm_http_out_t* out, std::uint64_t nanoseconds) {
    constexpr auto kLongest = std::chrono::nanoseconds(std::chrono::hours(1));
    const auto wanted = std::chrono::nanoseconds(nanoseconds);
    request_of(out).delay = wanted < kLongest && wanted.count() >= 0 ? wanted : kLongest;
}

}  // namespace

base::Result<PluginExchange> PluginExchange::open(const Provider& provider,
                                                  const plugin::Call& call, const gm_op_t& op,
                                                  LoopServices& services, PluginTimes* times) {
    CallTimer timer(provider, services, times);
    void* exchange = nullptr;
    const gm_status_t status = timer.time(Function::kOpen, [&] {
        return provider.instance->provider().open(provider.instance->self(), call.get(), &op,
                                                  &exchange);
    });
    if (status != GM_OK) return call.error(status, provider.name);
    return PluginExchange(provider, exchange, timer);
}

PluginExchange::PluginExchange(PluginExchange&& other) noexcept
    : provider_(other.provider_),
      exchange_(std::exchange(other.exchange_, nullptr)),
      timer_(other.timer_) {}

PluginExchange::~PluginExchange() {
    close();
}

void PluginExchange::close() {
    if (exchange_ == nullptr) return;
    timer_.time(Function::kClose, [this] {
        table().close(std::exchange(exchange_, nullptr));
        return GM_OK;
    });
}

base::Status PluginExchange::explain(const plugin::Call& call, gm_status_t status) const {
    return call.status(status, provider_->name);
}

base::Result<Step> PluginExchange::next(const plugin::Call& call, UpstreamRequest& request) {
    const gm_http_out_t out{sizeof(gm_http_out_t), &request, &on_target, &on_header, &on_body,
                            &on_forward_body,      &on_delay};
    std::uint32_t step = GM_STEP_DONE;
    const auto ask = [&] { return table().next(exchange_, call.get(), &out, &step); };
    const gm_status_t status = std::exchange(opened_now_, false)
                                   ? timer_.time_next(Function::kNext, ask)
                                   : timer_.time(Function::kNext, ask);
    if (status != GM_OK) return call.error(status, provider_->name);
    if (request.malformed || step > GM_STEP_LOCAL) {
        return base::Error{base::Code::kInternal,
                           provider_->name + ": the plugin described a malformed request"};
    }
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
    const gm_status_t status = timer_.time(Function::kHead, [&] {
        return table().head(exchange_, call.get(), static_cast<std::uint32_t>(http_status),
                            pairs.data(), static_cast<std::uint32_t>(pairs.size()), &framing);
    });
    if (status != GM_OK) return call.error(status, provider_->name);
    if (framing > GM_FRAME_ERROR) {
        return base::Error{base::Code::kInternal,
                           provider_->name + ": the plugin asked for an unknown framing"};
    }
    return static_cast<Framing>(framing);
}

base::Status PluginExchange::feed(const plugin::Call& call, std::string_view event,
                                  std::string_view data, const gm_sink_t& out) {
    const gm_status_t status = timer_.time(Function::kFeed, [&] {
        return table().feed(exchange_, call.get(), to_abi(event), to_abi(data), &out);
    });
    return explain(call, status);
}

base::Status PluginExchange::end(const plugin::Call& call, const gm_sink_t& out) {
    const gm_status_t status =
        timer_.time(Function::kEnd, [&] { return table().end(exchange_, call.get(), &out); });
    return explain(call, status);
}

}  // namespace gomodel::gateway
