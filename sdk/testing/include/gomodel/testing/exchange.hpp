// Drives a provider's exchange as a host does (abi/provider.h), against recorded answers instead of
// a network: no sockets, no sleeps. For plain unit tests:
//
//   const auto seen = run_exchange(Provider::Abi::kTable, &provider, op, {{200, {}, body}});
//   EXPECT_EQ(seen.sent.at(0).url, "https://api.example.com/v1/chat/completions");
//
// Not thread-safe: one driver a thread, as one loop owns a request in a host.
#pragma once

#include <gomodel/abi.h>
#include <gomodel/sse.hpp>
#include <gomodel/testing/fake_host.hpp>
#include <gomodel/testing/transcript.hpp>
#include <gomodel/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gomodel::testing {

namespace detail {

inline std::vector<gm_pair_t> borrow(const HeaderList& headers) {
    std::vector<gm_pair_t> pairs;
    pairs.reserve(headers.size());
    for (const Header& header : headers)
        pairs.push_back({str(header.name), str(header.value)});
    return pairs;
}

// The request being described, behind a gm_http_out_t.
class RequestRecorder {
public:
    explicit RequestRecorder(Transcript& seen) : seen_(seen) {
        out_.size = sizeof out_;
        out_.host_data = this;
        out_.target = [](const gm_http_out_t* out, gm_str_t method, gm_str_t url) {
            self(out).request.method = view(method);
            self(out).request.url = view(url);
        };
        out_.header = [](const gm_http_out_t* out, gm_str_t name, gm_str_t value) {
            HeaderList& headers = self(out).request.headers;
            const auto same = std::find_if(headers.begin(), headers.end(), [&](const Header& h) {
                return iequals(h.name, view(name));
            });
            if (same != headers.end()) headers.erase(same);
            headers.push_back({std::string(view(name)), std::string(view(value))});
        };
        out_.body = [](const gm_http_out_t* out, gm_str_t bytes) {
            self(out).request.body += view(bytes);
            self(out).wrote_body = true;
        };
        out_.forward_body = [](const gm_http_out_t* out) { self(out).request.forwarded = true; };
        out_.delay = [](const gm_http_out_t* out, std::uint64_t nanoseconds) {
            self(out).seen_.delays_ns.push_back(nanoseconds);
        };
    }
    RequestRecorder(const RequestRecorder&) = delete;
    RequestRecorder& operator=(const RequestRecorder&) = delete;

    const gm_http_out_t* abi() const { return &out_; }

    SentRequest request;
    bool wrote_body = false;

private:
    static RequestRecorder& self(const gm_http_out_t* out) {
        return *static_cast<RequestRecorder*>(out->host_data);
    }

    Transcript& seen_;
    gm_http_out_t out_{};
};

}  // namespace detail

class ExchangeDriver {
public:
    // `table` and `self` must outlive the driver. `answers` are given to the requests in order.
    ExchangeDriver(const gm_provider_t& table, void* self, Operation op,
                   std::vector<Response> answers, ExchangeOptions options = {})
        : table_(table), self_(self), op_(std::move(op)), options_(options), call_(op_.request_id) {
        for (Response& answer : answers)
            answers_.push_back(std::move(answer));
    }
    ~ExchangeDriver() { close(); }
    ExchangeDriver(const ExchangeDriver&) = delete;
    ExchangeDriver& operator=(const ExchangeDriver&) = delete;

    // Makes one call into the provider. False when the exchange is over: nothing was called.
    bool step() {
        if (over_) return false;
        if (++calls_ > options_.max_calls) {
            violation("not done after " + std::to_string(options_.max_calls) + " calls");
            return false;
        }
        (this->*turn_)();
        if (over_) close();
        return true;
    }

    // Ends the exchange where it stands, as when the client leaves.
    void close() {
        over_ = true;
        if (exchange_ != nullptr) table_.close(std::exchange(exchange_, nullptr));
    }

    const Transcript& seen() const { return seen_; }

private:
    void open() {
        // The provider's view of the operation dies with this call, so that keeping it shows.
        auto lent = std::make_unique<Operation>(op_);
        auto headers = detail::borrow(lent->headers);
        gm_op_t op{};
        op.size = sizeof op;
        op.kind = lent->kind;
        op.stream = lent->stream;
        op.action = str(lent->action);
        op.id = str(lent->id);
        op.method = str(lent->method);
        op.path = str(lent->path);
        op.model = str(lent->model);
        op.body = str(lent->body);
        op.content_type = str(lent->content_type);
        op.headers = headers.data();
        op.header_count = static_cast<std::uint32_t>(headers.size());
        op.query = str(lent->query);
        void* exchange = nullptr;
        const gm_status_t status = table_.open(self_, call_.abi(), &op, &exchange);
        for (std::string* text : {&lent->body, &lent->model, &lent->id, &lent->path}) {
            std::fill(text->begin(), text->end(), '\xDD');
        }
        if (status != GM_OK) {
            if (exchange != nullptr) violation("open failed but left an exchange behind");
            return fail("open", status);
        }
        if (exchange == nullptr) return violation("open succeeded without an exchange");
        exchange_ = exchange;
        turn_ = &ExchangeDriver::next;
    }

    void next() {
        detail::RequestRecorder recorder(seen_);
        std::uint32_t step = 0xFFFF;
        const gm_status_t status = table_.next(exchange_, call_.abi(), recorder.abi(), &step);
        if (status != GM_OK) return fail("next", status);
        switch (step) {
            case GM_STEP_SEND:
                return send(recorder);
            case GM_STEP_LOCAL:
                turn_ = &ExchangeDriver::feed_local;
                return;
            case GM_STEP_DONE:
                seen_.done = true;
                over_ = true;
                return;
            default:
                violation("next set an unknown step, or none");
        }
    }

    void send(detail::RequestRecorder& recorder) {
        SentRequest& request = recorder.request;
        if (request.url.empty()) return violation("SEND without a target");
        if (request.forwarded && recorder.wrote_body) {
            return violation("forward_body() together with body()");
        }
        if (request.forwarded) request.body = op_.body;
        seen_.sent.push_back(std::move(request));
        if (answers_.empty()) return violation("one more request than there are recorded answers");
        answer_ = std::move(answers_.front());
        answers_.pop_front();
        turn_ = &ExchangeDriver::head;
    }

    void head() {
        seen_.http_status = answer_.status;
        auto headers = detail::borrow(answer_.headers);
        std::uint32_t framing = 0xFFFF;
        const gm_status_t status =
            table_.head(exchange_, call_.abi(), answer_.status, headers.data(),
                        static_cast<std::uint32_t>(headers.size()), &framing);
        if (status != GM_OK) return fail("head", status);
        switch (framing) {
            case GM_FRAME_RAW:
                cut_body();
                break;
            case GM_FRAME_SSE:
                cut_events();
                break;
            case GM_FRAME_RELAY:
                seen_.relayed += answer_.body;
                seen_.done = true;
                over_ = true;
                return;
            case GM_FRAME_ERROR:
                seen_.error = std::move(answer_);
                seen_.done = true;
                over_ = true;
                return;
            default:
                return violation("head set an unknown framing, or none");
        }
        turn_ = &ExchangeDriver::feed;
    }

    // Calls `use` with each piece of the answer's body, as the options cut it.
    template <typename Use>
    void for_each_piece(Use&& use) const {
        std::string_view rest = answer_.body;
        std::size_t size = options_.piece == 0 ? rest.size() : options_.piece;
        if (options_.cut < rest.size() && options_.cut > 0) {
            use(rest.substr(0, options_.cut));
            rest.remove_prefix(options_.cut);
            size = rest.size();
        }
        for (; !rest.empty(); rest.remove_prefix(std::min(size, rest.size()))) {
            use(rest.substr(0, size));
        }
    }

    void cut_body() {
        for_each_piece([this](std::string_view piece) {
            feeds_.push_back({{}, std::string(piece)});
        });
    }

    void cut_events() {
        SseReader reader;
        const auto keep = [this](const SseEvent& event) {
            if (event.has_data)
                feeds_.push_back({std::string(event.name), std::string(event.data)});
        };
        for_each_piece([&](std::string_view piece) { reader.feed(piece, keep, [](auto) {}); });
        // Like a browser, drop an event that the end of the stream cut short.
    }

    void feed() {
        if (feeds_.empty()) return end();
        const Feed next = std::move(feeds_.front());
        feeds_.pop_front();
        give(next.event, next.data);
    }

    void feed_local() {
        if (give({}, {})) turn_ = &ExchangeDriver::next;
    }

    bool give(std::string_view event, std::string_view data) {
        return write("feed", [&](const gm_sink_t* out) {
            return table_.feed(exchange_, call_.abi(), str(event), str(data), out);
        });
    }

    void end() {
        const bool ok = write("end", [this](const gm_sink_t* out) {
            return table_.end(exchange_, call_.abi(), out);
        });
        if (ok) turn_ = &ExchangeDriver::next;
    }

    // Runs a call that may write. False when it failed.
    template <typename Body>
    bool write(const char* function, Body&& body) {
        RecordingSink sink(options_.refuse);
        const gm_status_t status = body(sink.abi());
        for (const Output& output : sink.outputs()) {
            if (output.kind > GM_OUT_ERROR) violation("wrote an unknown kind of output");
            seen_.outputs.push_back(output);
        }
        if (sink.refused() > 1) violation(std::string(function) + " wrote again after a refusal");
        if (sink.refused() > 0 && status != options_.refuse) {
            violation(std::string(function) +
                      " did not return the status its write was refused with");
        }
        if (status != GM_OK) fail(function, status);
        return !over_;
    }

    void fail(const char* function, gm_status_t status) {
        seen_.status = status;
        seen_.failed_in = function;
        seen_.message = call_.message();
        over_ = true;
    }

    void violation(std::string what) {
        seen_.violations.push_back(std::move(what));
        over_ = true;
    }

    struct Feed {
        std::string event, data;
    };

    const gm_provider_t& table_;
    void* const self_;
    const Operation op_;
    const ExchangeOptions options_;
    FakeCall call_;
    std::deque<Response> answers_;
    std::deque<Feed> feeds_;  // what the current answer still has to feed
    Response answer_;
    void* exchange_ = nullptr;
    void (ExchangeDriver::*turn_)() = &ExchangeDriver::open;
    std::size_t calls_ = 0;
    bool over_ = false;
    Transcript seen_;
};

// Drives an exchange to its end.
inline Transcript run_exchange(const gm_provider_t& table, void* self, Operation op,
                               std::vector<Response> answers, ExchangeOptions options = {}) {
    ExchangeDriver driver(table, self, std::move(op), std::move(answers), options);
    while (driver.step())
        continue;
    return driver.seen();
}

}  // namespace gomodel::testing
