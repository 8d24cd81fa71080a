// gomodel/abi/module.h - what a shared library exports: one data symbol, gm_module_v1.
#ifndef GM_ABI_MODULE_H_
#define GM_ABI_MODULE_H_

#include "call.h"
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

// One kind of thing that config.yaml can name. Static and immutable.
typedef struct gm_plugin {
  uint32_t size;
  const char* id;             // "<kind>.<name>", such as "cache.redis"; `type:` in config.yaml
                              // says the name
  const char* version;        // semver of the plugin itself
  const char* summary;        // one line for `gomodel plugins list`
  const char* config_schema;  // JSON Schema, closed; the host validates, fills defaults and hides
                              // what is marked "x-secret": true
  const char* iface;          // what instances speak: GM_CACHE, GM_PROVIDER, ...
  const void* vtable;         // const gm_cache_t*, ...: one per plugin, takes `self`
  uint64_t flags;             // capability bits named by the interface
  // Makes an instance from `config`, the validated JSON object. An instance is immutable: a new
  // config means a new instance, a swap, and destroy() of the old one after its last call has
  // returned. On failure nothing is left behind and destroy() is not called. [control]
  gm_status_t (*create)(const gm_host_t* host, const gm_call_t* call, gm_str_t config, void** self);
  // Frees the instance; joins any thread it started. Called exactly once. [control]
  void (*destroy)(void* self);
  // Optional extras by id ("gomodel.health/1", "gomodel.handover/1"). The plugin owns the result,
  // which lives as long as `self`. NULL: not offered. [thread-safe]
  const void* (*extension)(void* self, const char* id);
} gm_plugin_t;

typedef struct gm_module {
  uint32_t size;
  uint32_t abi_major;    // GM_ABI_MAJOR it was compiled against
  uint32_t abi_minor;    // GM_ABI_MINOR it was compiled against
  uint32_t needs_minor;  // oldest host it can live with
  const char* name;      // for logs: "gomodel-redis 1.2.0"
  uint32_t plugin_count;
  const gm_plugin_t* const* plugins;
  gm_status_t (*init)(void);  // optional; before any create. [control]
  void (*deinit)(void);       // optional; after every destroy. [control]
} gm_module_t;

#define GM_MODULE_SYMBOL "gm_module_v1"
GM_EXPORT extern const gm_module_t gm_module_v1;

#ifdef __cplusplus
}
#endif
#endif  // GM_ABI_MODULE_H_
