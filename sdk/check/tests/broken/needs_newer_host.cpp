// Cannot live with a host as old as this one.
#include "../good_cache.hpp"

constexpr gm_module_t spoiled() {
    gm_module_t module = gomodel::Module<GoodCache>::describe("broken 1.0.0");
    module.abi_minor = module.needs_minor = GM_ABI_MINOR + 1;
    return module;
}

constinit const gm_module_t gm_module_v1 = spoiled();
