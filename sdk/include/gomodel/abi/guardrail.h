// gomodel/abi/guardrail.h - sees the request, then the answer as it streams; may change or stop it.
#ifndef GM_ABI_GUARDRAIL_H_
#define GM_ABI_GUARDRAIL_H_

#include "call.h"
#include "provider.h"

#define GM_GUARDRAIL "gomodel.guardrail/1"

#ifdef __cplusplus
extern "C" {
#endif

// gm_plugin.flags of a guardrail.
enum {
  GM_GUARD_REQUEST = 1u << 0,   // wants request()
  GM_GUARD_RESPONSE = 1u << 1,  // wants response()
  GM_GUARD_BLOCKING = 1u << 2   // request() and response() may block: the host calls them [worker]
};

// Verdicts.
enum {
  GM_PASS = 0,
  GM_REWRITE = 1,  // the replacement was written to `out` (kind 0)
  GM_BLOCK = 2,    // the reason was given by call->explain
  GM_HOLD = 3      // response only: show me more before anything is released
};

// A watch is the state of one client request.
typedef struct gm_guardrail {
  uint32_t size;
  // Begins a watch. On failure nothing is left behind and close() is not called. [thread-safe]
  gm_status_t (*open)(void* self, const gm_call_t* call, const gm_op_t* op, void** watch);
  // `messages`: JSON array of {"role","content",...}. REWRITE writes the new array. [stream]
  gm_status_t (*request)(void* watch, const gm_call_t* call, gm_str_t messages,
                         const gm_sink_t* out, uint32_t* verdict);
  // `text`: assistant text not yet released. `last`: no more will come; HOLD then reads as PASS.
  // [stream]
  gm_status_t (*response)(void* watch, const gm_call_t* call, gm_str_t text, bool last,
                          const gm_sink_t* out, uint32_t* verdict);
  // Frees the watch. Legal after any step, exactly once. [stream]
  void (*close)(void* watch);
} gm_guardrail_t;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_GUARDRAIL_H_
