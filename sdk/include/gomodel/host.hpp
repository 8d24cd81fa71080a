// What the gateway offers an instance: its log, its HTTP client, its metrics. Host is a view:
// copy it freely; it is valid until the instance's destructor has returned. Any thread, except
// fetch(), which blocks and belongs on worker threads.
#pragma once

#include <gomodel/call.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gomodel {

struct HttpReply {
    std::uint32_t status = 0;
    std::string body;
};

class Host {
public:
    explicit Host(const gm_host_t* host) : host_(host) {}

    void debug(std::string_view message) const { log(GM_LOG_DEBUG, message); }
    void info(std::string_view message) const { log(GM_LOG_INFO, message); }
    void warn(std::string_view message) const { log(GM_LOG_WARN, message); }
    void error(std::string_view message) const { log(GM_LOG_ERROR, message); }

    // A host service by id, such as service<gm_host_http_t>(GM_HOST_HTTP). Null: not offered.
    template <typename Service>
    const Service* service(const char* id) const {
        return static_cast<const Service*>(host_->service(host_, id));
    }

    // Sends one request through the gateway's pooled client and reads the whole answer, whatever
    // its HTTP status. Throws Error when no answer came before the call's deadline.
    HttpReply fetch(Call call, std::string_view method, std::string_view url,
                    std::span<const gm_pair_t> headers, std::string_view body = {}) const {
        const auto* const http = service<gm_host_http_t>(GM_HOST_HTTP);
        if (http == nullptr) throw Error(GM_UNSUPPORTED, "this host offers no HTTP client");
        HttpReply reply;
        const gm_sink_t sink = {sizeof sink, &reply.body, &Host::append};
        const gm_status_t status = http->fetch(
            host_, call.abi(), str(method), str(url), headers.data(),
            static_cast<std::uint32_t>(headers.size()), str(body), &reply.status, &sink);
        // The host has explained it better than we could.
        if (status != GM_OK) throw Refused{status};
        return reply;
    }

    // Adds to a counter of the plugin's own; does nothing on a host without metrics.
    void count(const char* name, std::span<const gm_pair_t> labels, double delta = 1) const {
        const auto* const metrics = service<gm_host_metrics_t>(GM_HOST_METRICS);
        if (metrics == nullptr) return;
        metrics->count(host_, name, labels.data(), static_cast<std::uint32_t>(labels.size()),
                       delta);
    }

private:
    void log(std::int32_t level, std::string_view message) const {
        host_->log(host_, level, str(message));
    }

    static gm_status_t append(const gm_sink_t* sink, std::uint32_t, gm_str_t bytes) noexcept {
        try {
            static_cast<std::string*>(sink->host_data)->append(view(bytes));
            return GM_OK;
        } catch (...) {
            return GM_EXHAUSTED;
        }
    }

    const gm_host_t* host_;
};

}  // namespace gomodel
