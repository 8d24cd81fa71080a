// gomodel/abi/host.h - what the gateway offers to a plugin instance.
#ifndef GM_ABI_HOST_H_
#define GM_ABI_HOST_H_

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { GM_LOG_DEBUG = 0, GM_LOG_INFO = 1, GM_LOG_WARN = 2, GM_LOG_ERROR = 3 };

// Valid from the start of create() until destroy() has returned.
typedef struct gm_host {
  uint32_t size;
  uint32_t abi_minor;  // of the running host
  void* host_data;
  // A host service by id, such as GM_HOST_HTTP (abi/services.h). The host owns it.
  // NULL: this host has none; do without, or fail create(). [thread-safe]
  const void* (*service)(const struct gm_host* host, const char* id);
  // Writes one line to the gateway's log, marked with the plugin and instance. [thread-safe]
  void (*log)(const struct gm_host* host, int32_t level, gm_str_t message);
} gm_host_t;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_HOST_H_
