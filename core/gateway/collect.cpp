#include "gateway/collect.hpp"

#include <gomodel/sse.hpp>

#include "dialect/api_error.hpp"

namespace gomodel::gateway {
namespace {

// One exchange whose answer is gathered in memory.
class Collection {
public:
    Collection(LoopServices& services, const Provider& provider, const CollectOptions& options,
               net::CancelSource* cancel)
        : services_(services),
          provider_(provider),
          options_(options),
          cancel_(cancel),
          deadline_(services.loop.clock().steady() + options.timeout),
          call_({}, deadline_),
          sink_{sizeof(gm_sink_t), this, &write} {}

    net::Task<base::Result<std::string>> run() {
        gm_op_t op{};
        op.size = sizeof op;
        op.kind = options_.kind;
        base::Result<PluginExchange> exchange =
            PluginExchange::open(provider_, call_, op, services_);
        if (!exchange.ok()) co_return exchange.error();
        for (;;) {
            UpstreamRequest request;
            const base::Result<Step> step = exchange->next(call_, request);
            if (!step.ok()) co_return step.error();
            if (*step == Step::kDone) co_return std::move(answer_);
            if (request.delay.count() > 0) {
                co_await net::Sleep(services_.loop, services_.loop.now() + request.delay, cancel_);
            }
            base::Status done;
            if (*step == Step::kLocal) {
                done = exchange->feed(call_, {}, {}, sink_);
            } else {
                done = co_await send(&*exchange, &request);
            }
            if (!done.ok()) co_return done.error();
            if (!failure_.empty()) {
                co_return base::Error{base::Code::kUnavailable, provider_.name + ": " + failure_};
            }
            if (relayed_) co_return std::move(answer_);
        }
    }

    int upstream_status() const { return upstream_status_; }

private:
    static gm_status_t write(const gm_sink_t* sink, std::uint32_t kind, gm_str_t bytes) {
        Collection& self = *static_cast<Collection*>(sink->host_data);
        const std::string_view text = plugin::from_abi(bytes);
        if (kind == GM_OUT_ERROR) {
            self.failure_ = dialect::from_upstream(502, text).message;
            self.provider_.hidden.hide(self.failure_);
        } else if (self.answer_.size() + text.size() > self.options_.max_bytes) {
            return GM_EXHAUSTED;
        } else {
            self.answer_.append(text);
        }
        return GM_OK;
    }

    net::Task<base::Status> send(PluginExchange* exchange, const UpstreamRequest* request) {
        net::ClientRequest out;
        out.method = request->method;
        out.url = request->url;
        out.headers = request->headers;
        out.has_body = !request->body.empty();
        if (out.has_body) out.body.push_back(request->body);
        out.first_byte = deadline_;
        base::Result<std::unique_ptr<net::ClientExchange>> sent =
            co_await services_.upstream.send(std::move(out), cancel_);
        if (!sent.ok()) {
            co_return base::Error{sent.error().code, provider_.name + ": " + sent.error().message};
        }
        net::ClientExchange& upstream = **sent;
        upstream_status_ = upstream.status();
        const base::Result<Framing> framing =
            exchange->head(call_, upstream.status(), upstream.fields());
        if (!framing.ok()) co_return framing.error();
        base::Status fed = co_await receive(exchange, &upstream, *framing);
        if (!fed.ok()) co_return fed;
        if (*framing == Framing::kError) {
            failure_ =
                dialect::from_upstream(upstream.status(), std::exchange(answer_, {})).message;
            provider_.hidden.hide(failure_);
            co_return base::Status();
        }
        relayed_ = *framing == Framing::kRelay;
        co_return relayed_ ? base::Status() : exchange->end(call_, sink_);
    }

    net::Task<base::Status> receive(PluginExchange* exchange, net::ClientExchange* upstream,
                                    Framing framing) {
        const bool feeds = framing == Framing::kRaw || framing == Framing::kSse;
        SseReader reader;
        for (;;) {
            std::string_view bytes;
            const net::BodyStep step = upstream->read(bytes);
            if (step == net::BodyStep::kFailed) co_return unavailable(upstream->failure());
            if (step == net::BodyStep::kWait) {
                const net::Wake wake = co_await upstream->wait(deadline_, cancel_);
                if (wake == net::Wake::kTimeout) {
                    co_return base::Error{base::Code::kTimeout,
                                          provider_.name + ": no answer in time"};
                }
                if (wake == net::Wake::kCancelled) {
                    co_return base::Error{base::Code::kCancelled, "cancelled"};
                }
                continue;
            }
            base::Status fed;
            if (framing == Framing::kSse) {
                reader.feed(
                    bytes,
                    [&](const SseEvent& event) {
                        if (fed.ok()) fed = exchange->feed(call_, event.name, event.data, sink_);
                    },
                    [&](std::string_view) { fed = unavailable("an event is too large"); });
            } else if (feeds && !bytes.empty()) {
                fed = exchange->feed(call_, {}, bytes, sink_);
            } else if (write(&sink_, GM_OUT_BODY, plugin::to_abi(bytes)) != GM_OK) {
                fed = unavailable("the answer is too large");
            }
            if (!fed.ok() || step == net::BodyStep::kEnd) co_return fed;
        }
    }

    base::Error unavailable(std::string_view why) const {
        return base::Error{base::Code::kUnavailable, provider_.name + ": " + std::string(why)};
    }

    LoopServices& services_;
    const Provider& provider_;
    const CollectOptions options_;
    net::CancelSource* const cancel_;
    const base::SteadyTime deadline_;
    const plugin::Call call_;
    const gm_sink_t sink_;
    std::string answer_;
    std::string failure_;
    bool relayed_ = false;
    int upstream_status_ = 0;
};

}  // namespace

net::Task<base::Result<std::string>> collect(LoopServices* services, const Provider* provider,
                                             CollectOptions options, net::CancelSource* cancel) {
    const UpstreamCall call{provider, {}, options.endpoint, false};
    const base::SteadyTime began = services->loop.clock().steady();
    services->recorder.upstream_began(call);
    Collection collection(*services, *provider, options, cancel);
    base::Result<std::string> result = co_await collection.run();
    services->recorder.upstream_ended(call, collection.upstream_status(),
                                      services->loop.clock().steady() - began);
    co_return result;
}

}  // namespace gomodel::gateway
