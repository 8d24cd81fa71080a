// gomodel/abi/provider.h - one LLM vendor's API, without its I/O.
//
// The host owns sockets, TLS, retries, timeouts, pooling and SSE framing. A provider describes the
// upstream request and reads what comes back, as an exchange: the state of one client request.
//
//   open -> next -> SEND  -> (host sends) -> head -> RAW, SSE     -> feed* -> end -> next -> ...
//                                                 -> RELAY, ERROR -> close
//                -> LOCAL -> feed (empty) -> next -> ...
//                -> DONE  -> close
//
// close() comes exactly once and may come after any step: the client may have left.
#ifndef GM_ABI_PROVIDER_H_
#define GM_ABI_PROVIDER_H_

#include "call.h"

#define GM_PROVIDER "gomodel.provider/1"

#ifdef __cplusplus
extern "C" {
#endif

// Capability bits in gm_plugin.flags; gm_op.kind is exactly one of the GM_CAN_* below STREAM.
enum {
  GM_CAN_CHAT = 1u << 0,         // OpenAI chat completions
  GM_CAN_RESPONSES = 1u << 1,    // OpenAI responses, native
  GM_CAN_MESSAGES = 1u << 2,     // Anthropic messages, native
  GM_CAN_EMBED = 1u << 3,        // OpenAI embeddings
  GM_CAN_LIST_MODELS = 1u << 4,  // answers with an OpenAI model list
  GM_CAN_FILES = 1u << 5,
  GM_CAN_BATCHES = 1u << 6,
  GM_CAN_PASSTHROUGH = 1u << 7,
  GM_CAN_STREAM = 1u << 16
};

// What the client asked for, already authorised and routed. Valid until open() returns; the
// exchange copies what it needs later.
typedef struct gm_op {
  uint32_t size;
  uint32_t kind;  // one GM_CAN_* bit
  bool stream;
  gm_str_t action;  // within the kind: "get", "list", "cancel", "content", ...; empty: create
  gm_str_t id;      // the object the action names (a file, a batch, a response)
  gm_str_t method;  // passthrough only: the client's method
  gm_str_t path;    // passthrough only: the client's path below the provider, with its query;
                    // escaped as received, no slash in front
  gm_str_t model;   // the upstream's own name of the model
  gm_str_t body;    // in the client's dialect; `model` in it is already the upstream's
  gm_str_t content_type;
  const gm_pair_t* headers;  // client headers the operator lets through; credentials removed
  uint32_t header_count;
  gm_str_t query;  // parameters of "list", "get" and the like, encoded, no '?': "limit=20&after=a"
} gm_op_t;

// Where next() describes the upstream request, piece by piece. The host copies.
typedef struct gm_http_out {
  uint32_t size;
  void* host_data;
  void (*target)(const struct gm_http_out* out, gm_str_t method, gm_str_t absolute_url);
  // A name given again, in any case, replaces the earlier value.
  void (*header)(const struct gm_http_out* out, gm_str_t name, gm_str_t value);
  // Appends to the request body; may be called in pieces.
  void (*body)(const struct gm_http_out* out, gm_str_t bytes);
  // Sends gm_op.body as it is, without a copy. The common case. Not together with body().
  void (*forward_body)(const struct gm_http_out* out);
  // Waits this long before the step is carried out: polling, paced local answers.
  void (*delay)(const struct gm_http_out* out, uint64_t nanoseconds);
} gm_http_out_t;

// What next() wants.
enum {
  GM_STEP_SEND = 0,  // send the request described
  GM_STEP_DONE = 1,  // the answer is complete
  GM_STEP_LOCAL = 2  // nothing to send: call feed() with empty data, then next() again
};

// What head() wants done with the body.
enum {
  GM_FRAME_RAW = 0,    // feed it in pieces as it comes
  GM_FRAME_SSE = 1,    // cut it into server-sent events, one feed() each
  GM_FRAME_RELAY = 2,  // already the client's dialect: bytes go through untouched, the host reads
                       // usage from what passes; nothing follows but close()
  GM_FRAME_ERROR = 3   // an error answer in a usual shape: the host reads it; nothing follows but
                       // close()
};

// Sink kinds: all in the client's dialect.
enum {
  GM_OUT_BODY = 0,   // the JSON answer; pieces are joined
  GM_OUT_CHUNK = 1,  // one stream event's data, JSON: the host adds SSE framing and the end mark,
                     // and names a responses or messages event after its "type"
  GM_OUT_ERROR = 2   // an OpenAI error object {"error":{...}}; with the upstream's HTTP status
};

// Usage travels inside the answer: the `usage` member of BODY or of the last CHUNK. The host
// meters from it.
typedef struct gm_provider {
  uint32_t size;
  // Begins an exchange. On failure nothing is left behind and close() is not called.
  // [thread-safe]
  gm_status_t (*open)(void* self, const gm_call_t* call, const gm_op_t* op, void** exchange);
  // Describes the next upstream request in `request` and sets `step`. [stream]
  gm_status_t (*next)(void* exchange, const gm_call_t* call, const gm_http_out_t* request,
                      uint32_t* step);
  // The answer's status and headers (names in lower case). Sets `framing`. [stream]
  gm_status_t (*head)(void* exchange, const gm_call_t* call, uint32_t http_status,
                      const gm_pair_t* headers, uint32_t header_count, uint32_t* framing);
  // SSE: `event` is the event's name or empty, `data` its payload. RAW: `data` is the next piece
  // of the body. LOCAL: both are empty. [stream]
  gm_status_t (*feed)(void* exchange, const gm_call_t* call, gm_str_t event, gm_str_t data,
                      const gm_sink_t* out);
  // The answer's body is complete. [stream]
  gm_status_t (*end)(void* exchange, const gm_call_t* call, const gm_sink_t* out);
  // Frees the exchange. Legal after any step, exactly once. [stream]
  void (*close)(void* exchange);
} gm_provider_t;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_PROVIDER_H_
