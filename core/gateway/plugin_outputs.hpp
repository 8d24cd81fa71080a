// What a plugin writes into during a call of its exchange: the description of a request, the sink
// of an answer. Written at another time, on another thread or of a kind that there is not, it is
// refused and noted in the plugin's account. Belongs to one exchange; loop thread.
#pragma once

#include <gomodel/abi.h>

#include <string>
#include <utility>

#include "base/clock.hpp"
#include "plugin/conduct.hpp"

namespace gomodel::gateway {

// The upstream request an exchange described.
struct UpstreamRequest {
    std::string method;
    std::string url;
    std::string headers;  // "Name: value\r\n"...
    std::string body;     // when not forwarded
    bool forward_body = false;
    base::Duration delay{};
    bool malformed = false;  // a header with a line break in it, a body given twice
};

class PluginOutputs {
public:
    explicit PluginOutputs(plugin::Account& account) : account_(account) {}
    PluginOutputs(const PluginOutputs&) = delete;
    PluginOutputs& operator=(const PluginOutputs&) = delete;

    // Makes a call that describes a request.
    template <typename Call>
    gm_status_t describe(UpstreamRequest& request, Call&& call) {
        request_ = &request;
        const plugin::WriteWindow::Open open(describing_);
        return std::forward<Call>(call)(&description_);
    }
    // Makes a call that writes into `sink`.
    template <typename Call>
    gm_status_t write_into(const gm_sink_t& sink, Call&& call) {
        target_ = &sink;
        const plugin::WriteWindow::Open open(writing_);
        return std::forward<Call>(call)(&sink_);
    }

private:
    // The request to write into now; nullptr: none.
    static UpstreamRequest* request_of(const gm_http_out_t* out);
    static void target(const gm_http_out_t* out, gm_str_t method, gm_str_t url);
    static void header(const gm_http_out_t* out, gm_str_t name, gm_str_t value);
    static void body(const gm_http_out_t* out, gm_str_t bytes);
    static void forward_body(const gm_http_out_t* out);
    static void delay(const gm_http_out_t* out, std::uint64_t nanoseconds);
    static gm_status_t write(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes);

    plugin::Account& account_;
    const gm_http_out_t description_{sizeof(gm_http_out_t), this,  &target, &header, &body,
                                     &forward_body,         &delay};
    const gm_sink_t sink_{sizeof(gm_sink_t), this, &write};
    plugin::WriteWindow describing_;
    plugin::WriteWindow writing_;
    UpstreamRequest* request_ = nullptr;
    const gm_sink_t* target_ = nullptr;
};

}  // namespace gomodel::gateway
