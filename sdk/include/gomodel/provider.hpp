// One LLM vendor's API without its I/O, as classes: a Provider opens an Exchange for each client
// request. Derive from both, name the provider in GM_MODULE.
// Provider::open runs on any thread, several at once on one object. An exchange is called one call
// at a time, though the OS thread may change in between. None of it may block.
#pragma once

#include <gomodel/call.hpp>
#include <gomodel/op.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace gomodel {

enum class Step : std::uint32_t {
    kSend = GM_STEP_SEND,    // send the request described
    kDone = GM_STEP_DONE,    // the answer is complete
    kLocal = GM_STEP_LOCAL,  // nothing to send: feed() with empty data, then next() again
};

enum class Framing : std::uint32_t {
    kRaw = GM_FRAME_RAW,      // feed the body in pieces as it comes
    kSse = GM_FRAME_SSE,      // cut the body into server-sent events, one feed() each
    kRelay = GM_FRAME_RELAY,  // already the client's dialect: bytes go through untouched
    kError = GM_FRAME_ERROR,  // an error answer in a usual shape: the host reads it
};

// Describes one upstream request. The host copies what it is given.
class HttpOut {
public:
    explicit HttpOut(const gm_http_out_t* out) : out_(out) {}

    void target(std::string_view method, std::string_view absolute_url) const {
        out_->target(out_, str(method), str(absolute_url));
    }
    // Sets a header. A name given again, in any case, replaces the earlier value.
    void header(std::string_view name, std::string_view value) const {
        out_->header(out_, str(name), str(value));
    }
    // Appends to the request's body.
    void body(std::string_view bytes) const { out_->body(out_, str(bytes)); }
    // Sends the client's body as it is, without a copy. Not together with body().
    void forward_body() const { out_->forward_body(out_); }
    // Waits before the step is carried out: polling, paced local answers.
    void delay(std::chrono::nanoseconds time) const {
        if (time.count() > 0) out_->delay(out_, static_cast<std::uint64_t>(time.count()));
    }

private:
    const gm_http_out_t* out_;
};

// The start of the upstream's answer. Header names are in lower case.
struct ResponseHead {
    std::uint32_t status;
    Headers headers;

    bool ok() const { return status >= 200 && status < 300; }
};

// The state of one client request. Destroyed exactly once and possibly after any step: the client
// may have left.
class Exchange {
public:
    virtual ~Exchange() = default;

    // Describes the next upstream request in `request`, or says that there is none.
    virtual Step next(Call call, HttpOut request) = 0;
    // What to do with the answer. kRelay and kError are its last call.
    virtual Framing head(Call call, const ResponseHead& head) = 0;
    // kSse: one event. kRaw: the next piece of the body, cut anywhere. kLocal: both empty.
    // Writes GM_OUT_BODY, GM_OUT_CHUNK or GM_OUT_ERROR.
    virtual void feed(Call call, std::string_view event, std::string_view data, Sink out) {
        static_cast<void>(call), static_cast<void>(event), static_cast<void>(data);
        static_cast<void>(out);
    }
    // The body of a kRaw or kSse answer is complete.
    virtual void end(Call call, Sink out) { static_cast<void>(call), static_cast<void>(out); }
};

class Provider {
public:
    struct Abi;

    virtual ~Provider() = default;

    // Begins an exchange. Null: the operation is not offered (GM_UNSUPPORTED).
    virtual std::unique_ptr<Exchange> open(Call call, Op op) = 0;
};

struct Provider::Abi {
    using Self = Provider;
    static constexpr const char* kInterface = GM_PROVIDER;
    static constexpr gm_provider_t kTable = {
        sizeof(gm_provider_t),
        [](void* self, const gm_call_t* call, const gm_op_t* op, void** exchange) {
            return guard(call, [&]() -> gm_status_t {
                *exchange = static_cast<Provider*>(self)->open(Call(call), Op(op)).release();
                return *exchange != nullptr ? GM_OK : GM_UNSUPPORTED;
            });
        },
        [](void* exchange, const gm_call_t* call, const gm_http_out_t* request,
           std::uint32_t* step) {
            return guard(call, [&] {
                *step = static_cast<std::uint32_t>(
                    static_cast<Exchange*>(exchange)->next(Call(call), HttpOut(request)));
            });
        },
        [](void* exchange, const gm_call_t* call, std::uint32_t http_status,
           const gm_pair_t* headers, std::uint32_t header_count, std::uint32_t* framing) {
            return guard(call, [&] {
                const ResponseHead head{http_status, Headers(headers, header_count)};
                *framing = static_cast<std::uint32_t>(
                    static_cast<Exchange*>(exchange)->head(Call(call), head));
            });
        },
        [](void* exchange, const gm_call_t* call, gm_str_t event, gm_str_t data,
           const gm_sink_t* out) {
            return guard(call, [&] {
                static_cast<Exchange*>(exchange)->feed(Call(call), view(event), view(data),
                                                       Sink(out));
            });
        },
        [](void* exchange, const gm_call_t* call, const gm_sink_t* out) {
            return guard(call,
                         [&] { static_cast<Exchange*>(exchange)->end(Call(call), Sink(out)); });
        },
        [](void* exchange) { delete static_cast<Exchange*>(exchange); },
    };
};

}  // namespace gomodel
