// gomodel/abi/cache.h - a key-value store with expiry. It owns its I/O.
#ifndef GM_ABI_CACHE_H_
#define GM_ABI_CACHE_H_

#include "call.h"

#define GM_CACHE "gomodel.cache/1"

#ifdef __cplusplus
extern "C" {
#endif

// Keys and values are any bytes. All functions: [worker]
typedef struct gm_cache {
  uint32_t size;
  // Writes the value to `out` (kind 0, once) and returns GM_OK; GM_NOT_FOUND is a miss.
  gm_status_t (*get)(void* self, const gm_call_t* call, gm_str_t key, const gm_sink_t* out);
  // Stores or replaces. ttl_ms 0: no expiry.
  gm_status_t (*put)(void* self, const gm_call_t* call, gm_str_t key, gm_str_t value,
                     uint64_t ttl_ms);
  // Removes the key. GM_OK also when it was not there.
  gm_status_t (*erase)(void* self, const gm_call_t* call, gm_str_t key);
} gm_cache_t;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_CACHE_H_
