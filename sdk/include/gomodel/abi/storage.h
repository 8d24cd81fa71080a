// gomodel/abi/storage.h - tables with typed columns. It owns its I/O; the host owns their meaning.
// The JSON is described in full in sdk/docs/storage-queries.md.
#ifndef GM_ABI_STORAGE_H_
#define GM_ABI_STORAGE_H_

#include "call.h"

#define GM_STORAGE "gomodel.storage/1"

#ifdef __cplusplus
extern "C" {
#endif

// Where read() pushes rows as JSON objects, in the order asked for. False from add(): no more rows
// are wanted.
typedef struct gm_rows {
  uint32_t size;
  void* host_data;
  bool (*add)(const struct gm_rows* rows, gm_str_t json);
} gm_rows_t;

// What write() does with a row whose key exists.
enum { GM_WRITE_INSERT = 0, GM_WRITE_UPSERT = 1, GM_WRITE_IGNORE = 2 };

// All functions: [worker]
typedef struct gm_storage {
  uint32_t size;
  // Makes a table fit. Idempotent; adds what is missing, never drops; opens databases made by
  // older versions. Comes before the other calls on a table. `schema` JSON:
  //   {"table":"usage","columns":[{"name":"id","type":"text|int|real|bool|time|json","null":false}],
  //    "key":["id"],"indexes":[["timestamp"]]}
  // and of a column "default", "was" (older names), "as" (how a new one is stored).
  gm_status_t (*ensure)(void* self, const gm_call_t* call, gm_str_t schema);
  // `rows`: JSON array of objects. One transaction: all of them or none.
  gm_status_t (*write)(void* self, const gm_call_t* call, gm_str_t table, gm_str_t rows,
                       uint32_t mode);
  // `query` JSON:
  //   {"table":"usage","where":[["model","=","gpt-4o"]],"order":[["timestamp","desc"]],
  //    "limit":50,"offset":0,"select":["id"]}
  // and for reports:
  //   {"group":["model",{"bucket":"timestamp","by":"hour|day|week|month|year","zone":"Area/City"}],
  //    "sum":["total_tokens"],"count":true,"min":[],"max":[],"avg":[]}
  // "after" instead of "offset" goes on behind a row: its values of what "order" names.
  // Operators: = != < <= > >= in "not in" like contains under (path prefix) null; and conditions
  // {"any":[]} {"all":[]} {"not":...}. For a column can stand {"json":"data","path":["a","b"]} and
  // {"first":["provider_name","provider"],"else":""}.
  gm_status_t (*read)(void* self, const gm_call_t* call, gm_str_t query, const gm_rows_t* rows);
  // Sets the columns of the JSON object `set` in every row the query's `where` selects, or in
  // `limit` of them.
  gm_status_t (*update)(void* self, const gm_call_t* call, gm_str_t query, gm_str_t set,
                        uint64_t* changed);
  // Removes every row the query's `where` selects, or `limit` of them.
  gm_status_t (*erase)(void* self, const gm_call_t* call, gm_str_t query, uint64_t* changed);
} gm_storage_t;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_STORAGE_H_
