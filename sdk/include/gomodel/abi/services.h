// gomodel/abi/services.h - what the host can do for a plugin, asked for by id: gm_host.service().
#ifndef GM_ABI_SERVICES_H_
#define GM_ABI_SERVICES_H_

#include "call.h"
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

// The gateway's pooled HTTP client, so that a plugin whose backend speaks HTTP links no HTTP
// library.
#define GM_HOST_HTTP "gomodel.host.http/1"
typedef struct gm_host_http {
  uint32_t size;
  // Sends one request and writes the answer's body to `out` (kind 0, in pieces). Blocks until the
  // call's deadline. GM_OK for any HTTP status. [worker]
  gm_status_t (*fetch)(const gm_host_t* host, const gm_call_t* call, gm_str_t method, gm_str_t url,
                       const gm_pair_t* headers, uint32_t header_count, gm_str_t body,
                       uint32_t* http_status, const gm_sink_t* out);
} gm_host_http_t;

// Counters of the plugin's own, shown on the gateway's metrics page with the plugin's id.
#define GM_HOST_METRICS "gomodel.host.metrics/1"
typedef struct gm_host_metrics {
  uint32_t size;
  // Adds `delta` to the counter `name` (Prometheus naming rules) with these labels. [thread-safe]
  void (*count)(const gm_host_t* host, const char* name, const gm_pair_t* labels,
                uint32_t label_count, double delta);
} gm_host_metrics_t;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_SERVICES_H_
