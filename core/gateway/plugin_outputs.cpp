#include "gateway/plugin_outputs.hpp"

#include <chrono>
#include <cstring>

#include "base/text.hpp"

namespace gomodel::gateway {
namespace {

using plugin::from_abi;

constexpr std::size_t kUsualHeaders = 500;  // bytes

bool has(std::string_view text, char c) {
    return !text.empty() && std::memchr(text.data(), c, text.size()) != nullptr;
}

bool safe(std::string_view text) {
    return !has(text, '\r') && !has(text, '\n') && !has(text, '\0');
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

}  // namespace

UpstreamRequest* PluginOutputs::request_of(const gm_http_out_t* out) {
    const PluginOutputs& self = *static_cast<const PluginOutputs*>(out->host_data);
    return self.describing_.admits(self.account_) ? self.request_ : nullptr;
}

void PluginOutputs::target(const gm_http_out_t* out, gm_str_t method, gm_str_t url) {
    UpstreamRequest* const request = request_of(out);
    if (request == nullptr) return;
    request->method = from_abi(method);
    request->url = from_abi(url);
    if (!safe(request->method) || !safe(request->url)) request->malformed = true;
}

void PluginOutputs::header(const gm_http_out_t* out, gm_str_t name, gm_str_t value) {
    UpstreamRequest* const request = request_of(out);
    if (request == nullptr) return;
    const std::string_view key = from_abi(name);
    const std::string_view text = from_abi(value);
    if (!safe(key) || !safe(text) || key.empty()) {
        request->malformed = true;
        return;
    }
    if (request->headers.empty()) request->headers.reserve(kUsualHeaders);
    erase_header(request->headers, key);
    request->headers.append(key).append(": ").append(text).append("\r\n");
}

void PluginOutputs::body(const gm_http_out_t* out, gm_str_t bytes) {
    UpstreamRequest* const request = request_of(out);
    if (request == nullptr) return;
    request->body.append(from_abi(bytes));
    if (request->forward_body) request->malformed = true;
}

void PluginOutputs::forward_body(const gm_http_out_t* out) {
    UpstreamRequest* const request = request_of(out);
    if (request == nullptr) return;
    request->forward_body = true;
    if (!request->body.empty()) request->malformed = true;
}

void PluginOutputs::delay(const gm_http_out_t* out, std::uint64_t nanoseconds) {
    constexpr auto kLongest = std::chrono::nanoseconds(std::chrono::hours(1));
    UpstreamRequest* const request = request_of(out);
    if (request == nullptr) return;
    const auto wanted = std::chrono::nanoseconds(nanoseconds);
    request->delay = wanted < kLongest && wanted.count() >= 0 ? wanted : kLongest;
}

gm_status_t PluginOutputs::write(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes) {
    const PluginOutputs& self = *static_cast<const PluginOutputs*>(sink->host_data);
    if (!self.writing_.admits(self.account_)) return GM_INVALID;
    if (kind > GM_OUT_ERROR) {
        self.account_.misbehaved(plugin::Rule::kUnknownOutput);
        return GM_INVALID;
    }
    return self.target_->write(self.target_, kind, bytes);
}

}  // namespace gomodel::gateway
