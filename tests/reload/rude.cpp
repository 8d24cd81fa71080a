// A provider that breaks one rule of the plugin ABI each time it is asked something, and answers
// all the same where it can. Made of the C structs alone: the C++ layer would keep it from most of
// it.

#include <gomodel/abi.h>
#include <gomodel/config.hpp>
#include <gomodel/view.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using gomodel::str;

constexpr const char* kSchema = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "manner": {"type": "string", "enum": ["status", "exception", "no_exchange", "unknown_step",
                                          "unknown_framing", "malformed_request",
                                          "unknown_output", "late_write", "wrong_thread"],
               "description": "The rule that is broken."},
    "base_url": {"type": "string", "description": "Where an API is."}
  }
})";

struct Rude {
    std::string manner;
    std::string base_url;
};

struct Exchange {
    const Rude& rude;
    int step = 0;
    const gm_sink_t* sink = nullptr;  // of a call that has returned

    bool breaks(const char* rule) const { return rude.manner == rule; }
};

Exchange& exchange_of(void* exchange) {
    return *static_cast<Exchange*>(exchange);
}

gm_status_t create(const gm_host_t*, const gm_call_t*, gm_str_t config, void** self) {
    const gomodel::Config fields(gomodel::view(config));
    *self = new Rude{std::string(fields.text("manner")), std::string(fields.text("base_url"))};
    return GM_OK;
}

void destroy(void* self) {
    delete static_cast<Rude*>(self);
}

gm_status_t open(void* self, const gm_call_t*, const gm_op_t*, void** exchange) {
    const Rude& rude = *static_cast<const Rude*>(self);
    if (rude.manner == "no_exchange") return GM_OK;
    *exchange = new Exchange{rude};
    return GM_OK;
}

gm_status_t next(void* exchange, const gm_call_t*, const gm_http_out_t* request,
                 std::uint32_t* step) {
    Exchange& self = exchange_of(exchange);
    if (self.breaks("status")) return 77;
    if (self.breaks("exception")) throw std::runtime_error("thrown through the ABI");
    *step = self.step++ == 0 ? GM_STEP_LOCAL : GM_STEP_DONE;
    if (self.breaks("unknown_step")) *step = 99;
    if (self.breaks("unknown_framing") || self.breaks("malformed_request")) {
        *step = GM_STEP_SEND;
        request->target(request, str("GET"), str(self.rude.base_url + "/models"));
    }
    if (self.breaks("malformed_request")) request->header(request, str("x"), str("1\r\ny: 2"));
    if (self.breaks("late_write") && self.sink != nullptr)
        self.sink->write(self.sink, GM_OUT_BODY, str("too late"));
    return GM_OK;
}

gm_status_t head(void* exchange, const gm_call_t*, std::uint32_t, const gm_pair_t*, std::uint32_t,
                 std::uint32_t* framing) {
    *framing = exchange_of(exchange).breaks("unknown_framing") ? 99 : GM_FRAME_RELAY;
    return GM_OK;
}

gm_status_t feed(void* exchange, const gm_call_t*, gm_str_t, gm_str_t, const gm_sink_t* out) {
    Exchange& self = exchange_of(exchange);
    if (self.breaks("unknown_output")) out->write(out, 99, str("what is this?"));
    if (self.breaks("wrong_thread"))
        std::thread([out] { out->write(out, GM_OUT_BODY, str("from elsewhere")); }).join();
    self.sink = out;
    return out->write(out, GM_OUT_BODY,
                      str(R"({"id":"x","object":"chat.completion","created":1,"model":"m",)"
                          R"("choices":[{"index":0,"finish_reason":"stop","message":)"
                          R"({"role":"assistant","content":"all the same"}}]})"));
}

gm_status_t end(void*, const gm_call_t*, const gm_sink_t*) {
    return GM_OK;
}

void close(void* exchange) {
    const std::unique_ptr<Exchange> last(static_cast<Exchange*>(exchange));
    if (last->breaks("exception")) throw std::runtime_error("and at the end");
}

constexpr gm_provider_t kProvider = {
    sizeof(gm_provider_t), &open, &next, &head, &feed, &end, &close};

constexpr gm_plugin_t kPlugin = {
    sizeof(gm_plugin_t), "provider.rude", "1.0.0", "Breaks the rules", kSchema, GM_PROVIDER,
    &kProvider,          GM_CAN_CHAT,     &create, &destroy,           nullptr};
constexpr const gm_plugin_t* kPlugins[] = {&kPlugin};

}  // namespace

constinit const gm_module_t gm_module_v1 = {sizeof(gm_module_t),
                                            GM_ABI_MAJOR,
                                            GM_ABI_MINOR,
                                            0,
                                            "rude 1.0.0",
                                            1,
                                            kPlugins,
                                            nullptr,
                                            nullptr};
