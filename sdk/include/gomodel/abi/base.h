// gomodel/abi/base.h - versions, views and the one error vocabulary.
#ifndef GM_ABI_BASE_H_
#define GM_ABI_BASE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GM_ABI_MAJOR 1u  // differs: the module is refused
#define GM_ABI_MINOR 0u  // grows with every appended field, enum value or host service

// True iff the struct `p` points to is new enough to have `field`, and `field` is set.
#define GM_HAS(p, field) \
  ((p)->size >= offsetof(__typeof__(*(p)), field) + sizeof((p)->field) && (p)->field)

#define GM_EXPORT __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

// Bytes, UTF-8 where text. Not NUL-terminated. `data` may be NULL when `len` is 0.
typedef struct gm_str {
  const char* data;
  size_t len;
} gm_str_t;

typedef struct gm_pair {
  gm_str_t name;
  gm_str_t value;
} gm_pair_t;

// What a fallible call returns. The host maps it to HTTP once; unknown values read as INTERNAL.
typedef int32_t gm_status_t;
enum {
  GM_OK = 0,
  GM_NOT_FOUND = 1,    // 404; for a cache: a miss
  GM_INVALID = 2,      // 400: the caller's input is wrong
  GM_UNSUPPORTED = 3,  // 501: this plugin does not offer that
  GM_DENIED = 4,       // 403
  GM_UNAVAILABLE = 5,  // 503: try again later
  GM_TIMEOUT = 6,      // 504: the deadline passed
  GM_CANCELLED = 7,    // the caller went away; nobody reads the result
  GM_EXHAUSTED = 8,    // 429: a quota or a size limit
  GM_INTERNAL = 9      // 500: a bug
};

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_BASE_H_
