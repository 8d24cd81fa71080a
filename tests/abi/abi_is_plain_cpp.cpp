// Compiled as C++17, C++20 and C++23: the headers need nothing of the layer above them.
#include <gomodel/abi.h>

static_assert(sizeof(gm_str_t) == 2 * sizeof(void*), "a view is a pointer and a length");

extern "C" const void* gm_tables_of_every_interface() {
    static const gm_cache_t cache = {};
    static const gm_provider_t provider = {};
    static const gm_vector_store_t vectors = {};
    static const gm_storage_t storage = {};
    static const gm_guardrail_t guardrail = {};
    static const void* const all[] = {&cache, &provider, &vectors, &storage, &guardrail};
    return all;
}
