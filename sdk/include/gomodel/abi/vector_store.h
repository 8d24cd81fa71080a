// gomodel/abi/vector_store.h - nearest-neighbour search with expiry. It owns its I/O.
#ifndef GM_ABI_VECTOR_STORE_H_
#define GM_ABI_VECTOR_STORE_H_

#include "call.h"

#define GM_VECTOR_STORE "gomodel.vector_store/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gm_vector {
  const float* data;
  uint32_t dim;
} gm_vector_t;

// Where search() pushes results, best first. False from add(): no more are wanted.
typedef struct gm_hits {
  uint32_t size;
  void* host_data;
  bool (*add)(const struct gm_hits* hits, gm_str_t key, float score, gm_str_t payload);
} gm_hits_t;

// A space is an isolated set of vectors. Expired rows are never returned. All functions: [worker]
typedef struct gm_vector_store {
  uint32_t size;
  // Stores or replaces (space, key). ttl_ms 0: no expiry. GM_INVALID: the dimension differs from
  // what the store was set up with.
  gm_status_t (*upsert)(void* self, const gm_call_t* call, gm_str_t space, gm_str_t key,
                        gm_vector_t vector, gm_str_t payload, uint64_t ttl_ms);
  // Pushes at most `limit` rows with a score of at least `min_score`. Score: cosine similarity,
  // 1 is identical.
  gm_status_t (*search)(void* self, const gm_call_t* call, gm_str_t space, gm_vector_t query,
                        uint32_t limit, float min_score, const gm_hits_t* hits);
  // Removes the row. GM_OK also when it was not there.
  gm_status_t (*erase)(void* self, const gm_call_t* call, gm_str_t space, gm_str_t key);
  // Drops expired rows. The host schedules it.
  gm_status_t (*sweep)(void* self, const gm_call_t* call);
} gm_vector_store_t;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_VECTOR_STORE_H_
