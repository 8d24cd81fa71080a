// Was built against another major version of the ABI.
#include "../good_cache.hpp"

constexpr gm_module_t spoiled() {
    gm_module_t module = gomodel::Module<GoodCache>::describe("broken 1.0.0");
    module.abi_major = GM_ABI_MAJOR + 1;
    return module;
}

constinit const gm_module_t gm_module_v1 = spoiled();
