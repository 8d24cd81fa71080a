// Sees the request, then the answer as it streams, and may change or stop either, as classes: a
// Guardrail opens a Watch for each client request. Derive from both, name the guardrail in
// GM_MODULE.
// Guardrail::open runs on any thread, several at once on one object. A watch is called one call at
// a time and must not block, unless the plugin's kFlags hold GM_GUARD_BLOCKING.
#pragma once

#include <gomodel/call.hpp>
#include <gomodel/op.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace gomodel {

enum class Verdict : std::uint32_t {
    kPass = GM_PASS,
    kRewrite = GM_REWRITE,  // the replacement was written to `out` (kind 0)
    kBlock = GM_BLOCK,      // the reason was given by call.explain()
    kHold = GM_HOLD,        // response only: show me more before anything is released
};

// The state of one client request. Destroyed exactly once, possibly after any step.
class Watch {
public:
    virtual ~Watch() = default;

    // `messages`: JSON array of {"role","content",...}. kRewrite writes the new array.
    virtual Verdict request(Call call, std::string_view messages, Sink out) {
        static_cast<void>(call), static_cast<void>(messages), static_cast<void>(out);
        return Verdict::kPass;
    }
    // `text`: assistant text not yet released. `last`: no more will come; kHold then reads as
    // kPass.
    virtual Verdict response(Call call, std::string_view text, bool last, Sink out) {
        static_cast<void>(call), static_cast<void>(text), static_cast<void>(last);
        static_cast<void>(out);
        return Verdict::kPass;
    }
};

class Guardrail {
public:
    struct Abi;

    virtual ~Guardrail() = default;

    // Begins a watch. Null: nothing of this operation is of interest (GM_UNSUPPORTED).
    virtual std::unique_ptr<Watch> open(Call call, Op op) = 0;
};

struct Guardrail::Abi {
    using Self = Guardrail;
    static constexpr const char* kInterface = GM_GUARDRAIL;
    static constexpr gm_guardrail_t kTable = {
        sizeof(gm_guardrail_t),
        [](void* self, const gm_call_t* call, const gm_op_t* op, void** watch) {
            return guard(call, [&]() -> gm_status_t {
                *watch = static_cast<Guardrail*>(self)->open(Call(call), Op(op)).release();
                return *watch != nullptr ? GM_OK : GM_UNSUPPORTED;
            });
        },
        [](void* watch, const gm_call_t* call, gm_str_t messages, const gm_sink_t* out,
           std::uint32_t* verdict) {
            return guard(call, [&] {
                *verdict = static_cast<std::uint32_t>(
                    static_cast<Watch*>(watch)->request(Call(call), view(messages), Sink(out)));
            });
        },
        [](void* watch, const gm_call_t* call, gm_str_t text, bool last, const gm_sink_t* out,
           std::uint32_t* verdict) {
            return guard(call, [&] {
                *verdict = static_cast<std::uint32_t>(
                    static_cast<Watch*>(watch)->response(Call(call), view(text), last, Sink(out)));
            });
        },
        [](void* watch) { delete static_cast<Watch*>(watch); },
    };
};

}  // namespace gomodel
