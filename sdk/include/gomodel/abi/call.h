// gomodel/abi/call.h - what accompanies every call, and where a plugin writes its results.
#ifndef GM_ABI_CALL_H_
#define GM_ABI_CALL_H_

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

// One unit of work. Lives until the function it was passed to returns.
typedef struct gm_call {
  uint32_t size;
  void* host_data;
  gm_str_t request_id;   // for logs; empty outside a client request
  uint64_t deadline_ns;  // CLOCK_MONOTONIC nanoseconds; 0: none
  // True once the caller no longer wants the result. [thread-safe]
  bool (*cancelled)(const struct gm_call* call);
  // Explains the status about to be returned, in words an operator can act on. The host copies
  // `message`; the last call wins. Never put a secret in it. [thread-safe]
  void (*explain)(const struct gm_call* call, gm_str_t message);
} gm_call_t;

// Where a plugin writes bytes. The host copies before it returns.
// `kind` is named by the interface that hands the sink out. A status other than GM_OK means: stop
// writing and return that status.
typedef struct gm_sink {
  uint32_t size;
  void* host_data;
  gm_status_t (*write)(const struct gm_sink* sink, uint32_t kind, gm_str_t bytes);
} gm_sink_t;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_CALL_H_
