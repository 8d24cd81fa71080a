// Compiled as C11 and C17: everything an interface needs can be said in C.
#include <gomodel/abi.h>

static gm_status_t get(void* self, const gm_call_t* call, gm_str_t key, const gm_sink_t* out) {
  (void)self;
  if (GM_HAS(call, explain)) call->explain(call, key);
  return GM_HAS(out, write) ? out->write(out, 0, key) : GM_NOT_FOUND;
}

static gm_status_t put(void* self, const gm_call_t* call, gm_str_t key, gm_str_t value,
                       uint64_t ttl_ms) {
  (void)self, (void)call, (void)key, (void)value, (void)ttl_ms;
  return GM_UNSUPPORTED;
}

static gm_status_t erase(void* self, const gm_call_t* call, gm_str_t key) {
  (void)self, (void)call, (void)key;
  return GM_OK;
}

static gm_status_t create(const gm_host_t* host, const gm_call_t* call, gm_str_t config,
                          void** self) {
  (void)host, (void)call, (void)config;
  *self = NULL;
  return GM_OK;
}

static void destroy(void* self) { (void)self; }

static const gm_cache_t table = {sizeof(gm_cache_t), get, put, erase};
static const gm_plugin_t plugin = {
    sizeof(gm_plugin_t), "cache.plain", "1.0.0", "In plain C", "{\"type\":\"object\"}",
    GM_CACHE,            &table,        0,       create,       destroy,
    NULL};
static const gm_plugin_t* const plugins[] = {&plugin};

const gm_module_t gm_module_v1 = {
    sizeof(gm_module_t), GM_ABI_MAJOR, GM_ABI_MINOR, 0, "plain 1.0.0", 1, plugins, NULL, NULL};
